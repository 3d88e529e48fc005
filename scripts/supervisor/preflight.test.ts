import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { checkPorts, checkWritable, type NeededPort } from './preflight.ts';

const host = '127.0.0.1';

test('every busy port is named, with the key that moves it', async () => {
  const tcp = createServer().listen(0, host);
  const udp = createSocket('udp4').bind(0, host);
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  const tcpPort = (tcp.address() as AddressInfo).port;
  const needed: NeededPort[] = [
    { key: 'PORT', host, port: tcpPort, protocol: 'tcp' },
    { key: 'RTC_PORT', host, port: udp.address().port, protocol: 'udp' },
  ];
  const refused = expect(checkPorts(needed)).rejects;
  await refused.toMatchObject({
    code: 'port-busy',
    message: expect.stringMatching(/\(PORT\) is already.*\n.*\(RTC_PORT\) is/),
  });
  tcp.close();
  udp.close();
  await Promise.all([once(tcp, 'close'), once(udp, 'close')]);
  await expect(checkPorts(needed)).resolves.toBeUndefined();
});

test('an address that is not this machine’s is said so', async () => {
  const needed: NeededPort = { key: 'PORT', host: '192.0.2.1', port: 3000, protocol: 'tcp' };
  await expect(checkPorts([needed])).rejects.toThrow(/cannot be listened on.*Check the address and PORT/);
});

test('a folder is made when there is none, and nothing is left in it', () => {
  const folder = join(scratchFolder(), 'a', 'b');
  checkWritable('RECORDINGS_DIR', folder);
  expect(existsSync(folder) && readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be written is named with its key', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  expect(() => checkWritable('RECORDINGS_DIR', file)).toThrow(
    /\(RECORDINGS_DIR\) cannot be written.*RECORDINGS_DIR to another/,
  );
});
