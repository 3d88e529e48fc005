import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serverTimes } from './server-times.ts';

/** The same limits, each so much shorter that a test need not wait. */
const SHORTER = 50;

/** A server with these limits, and an answer that takes longer than all of them. */
async function openServer(): Promise<number> {
  const scaled = Object.entries(serverTimes).map(([name, ms]) => [name, ms / SHORTER]);
  const server: Server = createServer(Object.fromEntries(scaled), (_request, response) => {
    response.write('first');
    setTimeout(() => response.end('last'), (2 * serverTimes.requestTimeout) / SHORTER);
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 On\r\n\r\n');
    socket.on('data', (data) => socket.end(`heard ${data}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Says this, and no more; resolves with all that comes when the server has closed. */
function say(port: number, words: string, later?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(words));
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    if (later) setTimeout(() => socket.write(later), (2 * serverTimes.requestTimeout) / SHORTER);
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}

test('whoever does not finish a request is closed; an answer and a WebSocket may take longer', async () => {
  const port = await openServer();
  const head = 'GET / HTTP/1.1\r\nhost: x\r\n';
  const [nothing, half, body, idle, upgraded] = await Promise.all([
    say(port, ''),
    say(port, head),
    say(port, `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf`),
    say(port, `${head}\r\n`),
    say(port, `${head}connection: Upgrade\r\nupgrade: websocket\r\n\r\n`, 'ping'),
  ]);
  expect([nothing, half]).toEqual([
    expect.stringMatching(/^HTTP\/1\.1 408 /),
    expect.stringMatching(/^HTTP\/1\.1 408 /),
  ]);
  expect(body).not.toContain('last');
  expect(idle).toContain('last');
  expect(upgraded).toContain('heard ping');
});
