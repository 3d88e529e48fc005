import { expect, test } from 'vitest';
import { openTestArchive } from '../testing/open-test-archive.ts';

async function headersOf(publicOrigin: string | undefined, host: string) {
  const archive = await openTestArchive(publicOrigin === undefined ? {} : { publicOrigin });
  const { headers } = await archive.server.inject({ url: '/healthz', headers: { host } });
  const policy = String(headers['content-security-policy']);
  return { hsts: headers['strict-transport-security'], connect: /connect-src ([^;]+)/.exec(policy)?.[1] };
}

test('pages connect to their own host alone, and HTTPS is insisted on where PUBLIC_URL says so', async () => {
  expect(await headersOf(undefined, '192.0.2.7:3000')).toEqual({
    connect: "'self' ws://192.0.2.7:3000 wss://192.0.2.7:3000",
    hsts: undefined,
  });
  expect((await headersOf(undefined, '[::1]:3000')).connect).toBe("'self' ws://[::1]:3000 wss://[::1]:3000");
  const open = await headersOf('https://meet.example', 'upstream:3000');
  expect(open.connect).toMatch(/^'self' wss:\/\/meet\.example( wss:\/\/meet\.example)?$/);
  expect(open.hsts).toBe('max-age=31536000');
  expect((await headersOf('http://meet.example', 'x')).hsts).toBeUndefined();
});

test.each(['evil.example; script-src *', 'a b', '*', "x' *", 'a,b'])(
  'the host %j adds nothing to the policy',
  async (host) => {
    expect((await headersOf(undefined, host)).connect).toBe("'self' 'self' 'self'");
  },
);

test('connections are bounded, and so is the time of who says nothing', async () => {
  const { server } = (await openTestArchive()).server;
  expect(server.maxConnections).toBe(12_000);
  const { headersTimeout, keepAliveTimeout, requestTimeout } = server;
  expect([headersTimeout, requestTimeout, keepAliveTimeout]).toEqual([15_000, 30_000, 30_000]);
});
