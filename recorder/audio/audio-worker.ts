import type { AacFrame } from './audio-transcoder.ts';
import { AacEncoder, makeSilentFrame, OpusDecoder } from './codecs.ts';
import { StreamTranscoder } from './stream-transcoder.ts';
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

const streams = new Map<number, Stream>();
const silentFrames = { 1: makeSilentFrame(1), 2: makeSilentFrame(2) };

function open(channels: 1 | 2, firstFrame: number): Stream {
  const decoder = new OpusDecoder(channels);
  const encoder = new AacEncoder(channels);
  const silentFrame = silentFrames[channels];
  const transcoder = new StreamTranscoder({ channels, decoder, encoder, silentFrame, firstFrame });
  return { transcoder, decoder, encoder };
}

function close(stream: number): void {
  const closing = streams.get(stream);
  streams.delete(stream);
  closing?.decoder[Symbol.dispose]();
  closing?.encoder[Symbol.dispose]();
}

function handle(message: ToWorker, answers: FromWorker[]): void {
  const { stream } = message;
  if (message.type === 'open') {
    streams.set(stream, open(message.channels, message.firstFrame));
    return;
  }
  const transcoder = streams.get(stream)?.transcoder;
  if (!transcoder) return;
  const answer = (frames: AacFrame[]) => {
    if (frames.length > 0) answers.push({ type: 'frames', stream, frames });
  };
  switch (message.type) {
    case 'push':
      answer(transcoder.push(message.positionSamples, Buffer.from(message.payload)));
      break;
    case 'advance':
      answer(transcoder.advance(message.toSample));
      break;
    case 'finish':
      answer(transcoder.finish(message.endSample));
      answers.push({ type: 'finished', stream });
      break;
    case 'close':
      close(stream);
      break;
  }
}

process.on('message', (batch: ToWorker[]) => {
  const answers: FromWorker[] = [];
  for (const message of batch) handle(message, answers);
  if (answers.length > 0) process.send?.(answers);
});
// The pool asks by closing the channel; a signal to the whole group must not end the sound before the files.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.send?.([{ type: 'ready' }] satisfies FromWorker[]);
