import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { isFromAnotherSite } from './same-origin.ts';

test.each<[boolean, Record<string, string>]>([
  [false, {}],
  [false, { 'sec-fetch-site': 'same-origin', origin: 'https://other.example' }],
  [false, { 'sec-fetch-site': 'none' }],
  [true, { 'sec-fetch-site': 'cross-site' }],
  [true, { 'sec-fetch-site': 'same-site', origin: 'http://meet.example:3000' }],
  [true, { 'sec-fetch-site': 'nonsense' }],
  [false, { origin: 'http://meet.example:3000' }],
  [false, { origin: 'https://public.example' }],
  [true, { origin: 'https://public.example.evil.example' }],
  [true, { origin: 'http://meet.example' }],
  [true, { origin: 'http://other.example:3000' }],
  [true, { origin: 'null' }],
  [true, { origin: '' }],
])('from another site: %s for %j', (expected, headers) => {
  const given = { host: 'meet.example:3000', ...headers };
  expect(isFromAnotherSite(given, 'https://public.example')).toBe(expected);
});

test('another site’s page changes nothing with the cookies of who looks at it', async () => {
  const archive = await openTestArchive();
  const cookie = await signIn(archive);
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, headers: object) => {
    const payload = method.startsWith('P') ? { payload: {} } : {};
    const all = { cookie, ...headers };
    const answer = await archive.server.inject({ method, url, headers: all, ...payload });
    return answer.statusCode === 403 ? answer.json().error.code : answer.statusCode;
  };
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
    for (const [method, url] of [
      ['POST', '/api/password'],
      ['PUT', '/api/storage/retention'],
      ['DELETE', '/api/sessions'],
      ['POST', '/api/session'],
      ['POST', '/api/meetings'],
      ['DELETE', '/api/nowhere'],
      ['POST', '/socket.io/?EIO=4&transport=polling'],
      ['GET', '/socket.io/?EIO=4&transport=polling'],
    ] as const) {
      expect([method, url, await ask(method, url, headers)]).toEqual([method, url, 'cross-site']);
    }
    // Reading is what links from elsewhere do.
    expect(await ask('GET', '/api/session', headers)).toBe(200);
  }
  expect(await ask('DELETE', '/api/sessions', { origin: 'http://localhost:80' })).toBe(200);
});

test('another site’s page opens no WebSocket, and our own does', async () => {
  const sfu = createServer().on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 On\r\n\r\n'));
  await new Promise<void>((resolve) => sfu.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void sfu.close());
  const archive = await openTestArchive({
    sfuUrl: `http://127.0.0.1:${(sfu.address() as AddressInfo).port}`,
  });
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const { host, port } = new URL(origin);
  const upgrade = (from: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1');
      const lines = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `host: ${host}`];
      socket.write(
        [...lines, 'connection: Upgrade', 'upgrade: websocket', `origin: ${from}`, '', ''].join('\r\n'),
      );
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  expect(await upgrade('https://evil.example')).toMatch(/^HTTP\/1\.1 403 [\s\S]*"cross-site"/);
  expect(await upgrade(origin)).toMatch(/^HTTP\/1\.1 101 /);
});
