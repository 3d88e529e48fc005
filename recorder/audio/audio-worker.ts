import { AacEncoder } from './aac-encoder.ts';
import type { AacFrame } from './audio-transcoder.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { ItemPacker, unpackItems } from './packed-items.ts';
import { SILENT_FRAMES } from './silent-frames.ts';
import { StreamTranscoder } from './stream-transcoder.ts';
import { noteWork } from './work-note.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/**
 * The process in which native codecs run: what hostile sound can crash is here, and the files are elsewhere. Forked by
 * AudioPool; ends with it.
 */
interface Stream {
  transcoder: StreamTranscoder;
  decoder: OpusDecoder;
  encoder: AacEncoder;
}

/** In the middle of many packets of one stream it tells this often that it gets on. */
const PACKETS_PER_STEP = 100;

const NOTHING = Buffer.alloc(0);
const streams = new Map<number, Stream>();

async function open(channels: 1 | 2, firstFrame: number): Promise<Stream> {
  const decoder = await OpusDecoder.open(channels);
  const encoder = new AacEncoder(channels);
  const silentFrame = SILENT_FRAMES[channels];
  const transcoder = new StreamTranscoder({ channels, decoder, encoder, silentFrame, firstFrame });
  return { transcoder, decoder, encoder };
}

function close(stream: number): void {
  const closing = streams.get(stream);
  streams.delete(stream);
  closing?.decoder[Symbol.dispose]();
  closing?.encoder[Symbol.dispose]();
}

function unusedPackets(): number {
  return [...streams.values()].reduce((sum, { transcoder }) => sum + transcoder.unused, 0);
}

async function handle(batch: ToWorker): Promise<FromWorker> {
  const frames = new ItemPacker();
  const answer = (stream: number, made: AacFrame[] | undefined) => {
    for (const { data, index } of made ?? []) {
      const isSilent = data === SILENT_FRAMES[1] || data === SILENT_FRAMES[2];
      frames.add(stream, index, isSilent ? NOTHING : data);
    }
  };
  for (const { channels, firstFrame, stream } of batch.opened)
    streams.set(stream, await open(channels, firstFrame));
  const unusedBefore = unusedPackets();
  // One stream after another, each in its order.
  const packets = unpackItems(batch.packets).toSorted((a, b) => a.stream - b.stream);
  let noted: number | undefined;
  for (const [index, { bytes, stream, value }] of packets.entries()) {
    if (stream !== noted || index % PACKETS_PER_STEP === 0) noteWork(stream);
    noted = stream;
    const transcoder = streams.get(stream)?.transcoder;
    if (bytes.length === 0) transcoder?.lose(value);
    else answer(stream, transcoder?.push(value, bytes));
  }
  if (packets.length > 0) noteWork(undefined);
  for (const [stream, toSample] of batch.advanced)
    answer(stream, streams.get(stream)?.transcoder.advance(toSample));
  for (const [stream, endSample] of batch.finished)
    answer(stream, streams.get(stream)?.transcoder.finish(endSample));
  const unused = unusedPackets() - unusedBefore;
  batch.closed.forEach(close);
  const finished = batch.finished.map(([stream]) => stream);
  return { type: 'answer', frames: frames.pack(), finished, unused };
}

function send(message: FromWorker): void {
  // An error means that the pool is gone, which `disconnect` tells too.
  process.send?.(message, undefined, undefined, () => undefined);
}

/** One batch after another: to open a stream takes a moment. What is thrown ends this process, and nobody else. */
let handled: Promise<void> = Promise.resolve();
process.on('message', (batch: ToWorker) => {
  handled = handled.then(async () => send(await handle(batch)));
});
// The pool asks by closing the channel; a signal to the whole group must not end the sound before the files.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
send({ type: 'ready' });
