import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { SfuProxy } from './sfu-proxy.ts';

const CHUNK = Buffer.alloc(64 * 1024);
const WANTED_BYTES = 256 * 1024 * 1024;
const IDLE_MS = 1000;
const patient = { timeout: 30_000 };
const UPGRADE = 'connection: Upgrade\r\nupgrade: websocket\r\n\r\n';

async function listening() {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a browser that does not read holds the SFU up, fills no memory between them, and is ended with its socket', async () => {
  let pumpedBytes = 0;
  let sfuSocket: Socket | undefined;
  const sfu = await listening();
  sfu.server.on('upgrade', (_request, socket: Socket) => {
    sfuSocket = socket.on('error', () => undefined);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}`);
    const pump = () => {
      while (pumpedBytes < WANTED_BYTES && !socket.destroyed) {
        pumpedBytes += CHUNK.length;
        if (!socket.write(CHUNK)) return;
      }
    };
    socket.on('drain', pump);
    pump();
  });
  const target = `http://127.0.0.1:${sfu.port}`;
  const proxy = new SfuProxy({ target, log: silentLog, vouch: () => ({}), idleMs: IDLE_MS });
  const door = await listening();
  let browser: Socket | undefined;
  door.server.on('upgrade', (request, socket: Socket, head) => {
    browser = socket;
    proxy.tunnel(request, socket, head);
  });
  const client = connect(door.port, '127.0.0.1').pause();
  onTestFinished(() => {
    client.destroy();
  });
  client.write(`GET /socket.io/?EIO=4 HTTP/1.1\r\nhost: x\r\n${UPGRADE}`);
  let mostBytes = 0;
  await vi.waitFor(() => {
    mostBytes = Math.max(mostBytes, browser?.writableLength ?? 0);
    expect(browser?.writableLength).toBeGreaterThan(0);
    expect(sfuSocket?.writableNeedDrain).toBe(true);
  }, patient);
  sfuSocket?.destroy();
  await vi.waitFor(() => {
    mostBytes = Math.max(mostBytes, browser?.writableLength ?? 0);
    expect(proxy.tunnels).toBe(0);
  }, patient);
  expect(browser?.destroyed).toBe(true);
  expect(mostBytes).toBeLessThan(1024 * 1024);
  expect(pumpedBytes).toBeLessThan(WANTED_BYTES);
});
