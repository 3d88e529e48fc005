import { AacEncoder } from './aac-encoder.ts';
import type { SoundFrame } from './audio-transcoder.ts';
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
  /** Taken so far. */
  packets: number;
}

/** In the middle of many packets of one stream it tells this often that it gets on. */
const PACKETS_PER_STEP = 100;

const NOTHING = Buffer.alloc(0);
const streams = new Map<number, Stream>();

/** After a silence that was made elsewhere it goes on with the codecs that it had. Answers what it is silent in. */
async function open({
  channels,
  firstFrame,
  silentTo,
  stream,
}: ToWorker['opened'][number]): Promise<SoundFrame[]> {
  const before = streams.get(stream);
  const decoder = before?.decoder ?? (await OpusDecoder.open(channels));
  const encoder = before?.encoder ?? new AacEncoder(channels);
  const silentFrame = SILENT_FRAMES[channels];
  const transcoder = new StreamTranscoder({ channels, decoder, encoder, silentFrame, firstFrame });
  streams.set(stream, { transcoder, decoder, encoder, packets: before?.packets ?? 0 });
  return transcoder.advance(silentTo);
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

/** Those that need nobody before they sound again. */
function rested({ advanced }: ToWorker): [stream: number, packets: number][] {
  return advanced.flatMap(([id]): [number, number][] => {
    const stream = streams.get(id);
    return stream?.transcoder.isSilent ? [[id, stream.packets]] : [];
  });
}

async function handle(batch: ToWorker): Promise<FromWorker> {
  const frames = new ItemPacker();
  const answer = (stream: number, made: SoundFrame[] | undefined) => {
    for (const { data, index } of made ?? []) {
      const isSilent = data === SILENT_FRAMES[1] || data === SILENT_FRAMES[2];
      frames.add(stream, index, isSilent ? NOTHING : data);
    }
  };
  for (const opened of batch.opened) answer(opened.stream, await open(opened));
  const unusedBefore = unusedPackets();
  // One stream after another, each in its order.
  const packets = unpackItems(batch.packets).toSorted((a, b) => a.stream - b.stream);
  let noted: number | undefined;
  for (const [index, { bytes, stream, value }] of packets.entries()) {
    if (stream !== noted || index % PACKETS_PER_STEP === 0) noteWork(stream);
    noted = stream;
    const to = streams.get(stream);
    if (!to) continue;
    if (bytes.length === 0) to.transcoder.lose(value);
    else {
      to.packets += 1;
      answer(stream, to.transcoder.push(value, bytes));
    }
  }
  if (packets.length > 0) noteWork(undefined);
  for (const [stream, toSample] of batch.advanced)
    answer(stream, streams.get(stream)?.transcoder.advance(toSample));
  for (const [stream, endSample] of batch.finished)
    answer(stream, streams.get(stream)?.transcoder.finish(endSample));
  const unused = unusedPackets() - unusedBefore;
  batch.closed.forEach(close);
  const finished = batch.finished.map(([stream]) => stream);
  return { type: 'answer', frames: frames.pack(), finished, rested: rested(batch), unused };
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
