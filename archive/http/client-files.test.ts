import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTestArchive } from '../testing/open-test-archive.ts';

test('before the client is built, its pages say how to build it', async () => {
  const { server } = await openTestArchive();
  const answer = await server.inject({ url: '/' });
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain('npm start');
});

test('pages are index.html, assets stay, the rest is not there', async () => {
  const { clientFolder, server } = await openTestArchive();
  await mkdir(join(clientFolder, 'assets'), { recursive: true });
  await writeFile(join(clientFolder, 'index.html'), '<title>Verbatim</title>');
  await writeFile(join(clientFolder, 'assets/index-abc123.js'), 'export {};');
  await writeFile(join(clientFolder, '../secret.txt'), 'secret');
  const pages = [
    '/',
    '/m/abcd',
    '/m/abcd?x=1',
    '/m/abcd/recordings',
    '/admin',
    '/admin/',
    '/admin/recordings/1',
    '/record',
    '/s/tok',
  ];
  for (const url of pages) {
    const page = await server.inject({ url });
    expect([url, page.statusCode, page.headers['cache-control'], page.body]).toEqual([
      url,
      200,
      'no-cache',
      '<title>Verbatim</title>',
    ]);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect((await server.inject({ method: 'HEAD', url })).statusCode).toBe(200);
  }
  const asset = await server.inject({ url: '/assets/index-abc123.js' });
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toMatch(/javascript/);
  for (const url of [
    '/assets/gone.js',
    '/other',
    '/api',
    '/api/x',
    '/m/a/b',
    '/..%2fsecret.txt',
    '/assets/',
  ]) {
    const answer = await server.inject({ url });
    expect([url, answer.statusCode >= 400, answer.json().error !== undefined]).toEqual([url, true, true]);
  }
});

test('every answer carries the policy', async () => {
  const { server } = await openTestArchive();
  for (const url of ['/', '/api/nothing', '/healthz']) {
    const { headers } = await server.inject({ url });
    expect(headers['content-security-policy']).toMatch(/script-src 'self';/);
    expect(headers['content-security-policy']).toMatch(/connect-src 'self' ws:\/\/[^ ;]+ wss:\/\/[^ ;]+;/);
    expect(headers['permissions-policy']).toMatch(/camera=\(self\), microphone=\(self\)/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

test('health and metrics are answered', async () => {
  const { server } = await openTestArchive();
  expect((await server.inject({ url: '/healthz' })).json().ok).toBe(true);
  expect((await server.inject({ url: '/metrics' })).body).toMatch(
    /verbatim_rate_limited_total\{limit="join"\} 0/,
  );
});
