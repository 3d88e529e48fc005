import type { FastifyReply } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Thumbnails } from '../thumbnails/thumbnails.ts';
import type { RecordingReader } from './recording-reader.ts';
import type { Exchange } from './route.ts';
import type { FileSender } from './send-file.ts';

/** Answers with small pictures of recorded files. */
export class PictureSender {
  readonly #parts: { files: FileSender; recordings: RecordingReader; thumbnails: Thumbnails };

  constructor(parts: { files: FileSender; recordings: RecordingReader; thumbnails: Thumbnails }) {
    this.#parts = parts;
  }

  /** @param of.asker for whom it is made. @throws Fault `recording-live`, `file-not-found` */
  async send(
    { reply, request }: Pick<Exchange, 'request' | 'reply'>,
    { asker, name, recordingId }: { recordingId: string; name: string; asker: string },
  ): Promise<FastifyReply> {
    const { files, recordings, thumbnails } = this.#parts;
    const { stream } = request;
    stream.hangOn(`recording:${recordingId}`);
    stream.hangOn(`file:${recordingId}/${name}`);
    const manifest = await recordings.closed(recordingId);
    const file = manifest.files.find((candidate) => candidate.name === name);
    if (!file) throw new Fault('file-not-found');
    const picture = await thumbnails.open(recordingId, file, { asker, stream });
    return files.stored({ request, reply }, { file: picture, type: 'image/jpeg' });
  }
}
