import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FilePieces, PIECE_BYTES } from './file-pieces.ts';

const LENGTH = 5 * PIECE_BYTES + 1234;
const byteAt = (at: number) => (at * 31 + (at >> 8)) & 255;
const file = Uint8Array.from({ length: LENGTH }, (_, at) => byteAt(at));

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server of one file that knows ranges, and with `?follow=1` waits for the rest of it, behind a proxy that may drop them. */
async function open({ dropsRange, present = LENGTH }: { dropsRange: boolean; present?: number }) {
  const state = { present, asked: [] as string[], sentBytes: 0 };
  const origin = await listening(
    createServer((asked, answer) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? '') ?? [];
      state.asked.push(`${asked.url} ${asked.headers.range ?? 'whole'}`);
      if (asked.url?.includes('follow')) {
        answer.end(file);
      } else if (from === undefined) {
        answer.end(file.subarray(0, state.present));
      } else {
        answer.statusCode = 206;
        answer.end(file.subarray(Number(from), Math.min(state.present, Number(to) + 1)));
      }
    }),
  );
  const proxy = await listening(
    createServer((asked, answer) => {
      const { range, ...others } = asked.headers;
      const headers = dropsRange || range === undefined ? others : { ...others, range };
      request(`${origin}${asked.url}`, { headers }, (got) => {
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.on('data', (chunk: Buffer) => {
          state.sentBytes += chunk.length;
        });
        got.pipe(answer);
      }).end();
    }),
  );
  const aborted = new AbortController();
  onTestFinished(() => aborted.abort());
  return { state, pieces: new FilePieces(`${proxy}/a.flv`, aborted.signal) };
}

/** All from there on, as the player reads it. */
async function readFrom(pieces: FilePieces, from: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let at = from;
  for (;;) {
    const piece = await pieces.read(at);
    parts.push(piece);
    at += piece.length;
    if (piece.length < PIECE_BYTES) return Buffer.concat(parts);
  }
}

test.each([0, 1, PIECE_BYTES - 1, 3 * PIECE_BYTES + 7])(
  'behind a proxy that drops Range the file is read on from byte %s, and comes once',
  async (from) => {
    const { pieces, state } = await open({ dropsRange: true });
    expect(Buffer.compare(await readFrom(pieces, from), file.subarray(from))).toBe(0);
    expect(state.asked).toEqual(['/a.flv whole']);
    expect(state.sentBytes).toBe(LENGTH);
  },
);

test('where ranges are known each piece is asked for by itself', async () => {
  const { pieces, state } = await open({ dropsRange: false });
  expect(Buffer.compare(await readFrom(pieces, 5), file.subarray(5))).toBe(0);
  expect(state.asked).toHaveLength(6);
  expect(state.asked[0]).toBe(`/a.flv bytes=4-${PIECE_BYTES + 4}`);
});

test('a file that grows behind such a proxy is followed, not fetched again and again', async () => {
  const present = PIECE_BYTES + 100;
  const { pieces, state } = await open({ dropsRange: true, present });
  const begun = await readFrom(pieces, 0);
  expect([begun.length, pieces.isOver]).toEqual([present, false]);
  expect(Buffer.compare(await readFrom(pieces, present), file.subarray(present))).toBe(0);
  expect(pieces.isOver).toBe(true);
  expect(state.asked).toEqual(['/a.flv whole', '/a.flv?follow=1 whole']);
});
