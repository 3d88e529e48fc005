import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mediasoup from 'mediasoup';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Exchange } from './media-worker/page.ts';

const FRAMES = 30;

/** The page with mediasoup-client in it, as one script. */
async function bundle(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'verbatim-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      lib: {
        entry: join(import.meta.dirname, 'media-worker', 'page.ts'),
        formats: ['es'],
        fileName: () => 'page.js',
      },
    },
  });
  return readFileSync(join(outDir, 'page.js'), 'utf8');
}

let worker: mediasoup.types.Worker;
let page: { url: string; close: () => void };
let died: Error | undefined;

beforeAll(async () => {
  worker = await mediasoup.createWorker({ logLevel: 'error' });
  worker.on('died', (cause) => {
    died = cause;
  });
  const script = await bundle();
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  page = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
});

afterAll(() => {
  page.close();
  worker.close();
});

/** Answers what the page asks, over a router of its own whose transports go through one WebRtcServer. */
async function openRouter(protocol: 'udp' | 'tcp') {
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [
      { protocol: 'udp', ip: '127.0.0.1' },
      { protocol: 'tcp', ip: '127.0.0.1' },
    ],
  });
  const parameters = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };
  const h264 = { kind: 'video', mimeType: 'video/H264', clockRate: 90_000, parameters } as const;
  const router = await worker.createRouter({ mediaCodecs: [h264] });
  const transports = new Map<string, mediasoup.types.WebRtcTransport>();
  const of = (id: string): mediasoup.types.WebRtcTransport => {
    const found = transports.get(id);
    if (!found) throw new Error(`There is no transport ${id}.`);
    return found;
  };
  type Ask = { id: string } & Record<string, unknown>;
  const answers: Record<string, (ask: Ask) => unknown> = {
    capabilities: () => router.rtpCapabilities,
    transport: async () => {
      const enable = { enableUdp: protocol === 'udp', enableTcp: protocol === 'tcp' };
      const made = await router.createWebRtcTransport({ webRtcServer, ...enable });
      transports.set(made.id, made);
      const { id, iceParameters, iceCandidates, dtlsParameters } = made;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    },
    connect: async ({ id, dtlsParameters }) => {
      await of(id).connect({ dtlsParameters: dtlsParameters as mediasoup.types.DtlsParameters });
      return null;
    },
    produce: async ({ id, ...options }) => {
      const producer = await of(id).produce(options as unknown as mediasoup.types.ProducerOptions);
      return producer.id;
    },
    consume: async ({ id, ...options }) => {
      const consumer = await of(id).consume(options as unknown as mediasoup.types.ConsumerOptions);
      const { producerId, kind, rtpParameters } = consumer;
      return { id: consumer.id, producerId, kind, rtpParameters };
    },
  };
  return async (name: string, ask: Ask) => answers[name]?.(ask);
}

// Plain RTP never meets DTLS, in which a worker built against the wrong OpenSSL dies (scripts/media-worker/README.md).
test.each(['udp', 'tcp'] as const)(
  'a browser exchanges H.264 with the media worker over %s',
  async (protocol) => {
    const answer = await openRouter(protocol);
    const { CHROMIUM_PATH: executablePath = '/usr/bin/chromium' } = process.env;
    const args = [
      ...['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      '--autoplay-policy=no-user-gesture-required',
    ];
    const browser = await chromium.launch({ executablePath, args });
    try {
      const tab = await browser.newPage();
      await tab.exposeFunction('ask', (name: string, ask: { id: string }) => answer(name, ask));
      await tab.goto(page.url);
      await tab.waitForFunction(() => 'exchangeVideo' in window);
      const exchange: Exchange = await tab.evaluate((frames) => window.exchangeVideo(frames), FRAMES);
      expect(exchange).toMatchObject({ codec: 'video/H264', protocol });
      expect(exchange.framesDecoded).toBeGreaterThanOrEqual(FRAMES);
      expect(exchange.srtpCipher).toMatch(/AES_/);
      expect(died).toBeUndefined();
    } finally {
      await browser.close();
    }
  },
);
