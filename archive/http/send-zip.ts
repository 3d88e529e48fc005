import type { FastifyReply } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Store } from '#store/store.ts';
import type { Audit } from '../audit/audit.ts';
import type { Deed } from '../audit/deed.ts';
import type { HumanNames } from '../names/human-name.ts';
import type { Zips } from '../zip/zips.ts';
import { downloadAs } from './download-name.ts';
import type { Exchange } from './route.ts';

export interface ZipSenderParts {
  audit: Audit;
  names: HumanNames;
  store: Store;
  zips: Zips;
}

/** Answers with a recording's files in one. */
export class ZipSender {
  readonly #parts: ZipSenderParts;

  constructor(parts: ZipSenderParts) {
    this.#parts = parts;
  }

  /**
   * @param of.shown what the asker may see of `whole`, where that is less
   * @param of.done written down once it begins
   */
  async send(
    { reply, request }: Pick<Exchange, 'request' | 'reply'>,
    { asker, done, shown, whole }: { whole: Manifest; shown?: Manifest; asker: string; done: Deed },
  ): Promise<FastifyReply> {
    const { audit, names, zips } = this.#parts;
    const manifest = shown ?? whole;
    const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
    const modified = { epochMs: manifest.startedAtMs, local: names.local(manifest.startedAtMs) };
    const plan = { manifest: text, files: await this.#filesOf(manifest, whole), modified };
    request.stream.requireOpen();
    const zip = await zips.make(plan, asker, goneSignal(reply));
    reply.header('content-disposition', downloadAs(`${names.whole(manifest)}.zip`));
    reply.header('content-type', 'application/zip').header('content-length', zip.bytes);
    if (request.method === 'HEAD') {
      zip.output.destroy();
      return reply.send();
    }
    try {
      request.stream.begin(() => reply.raw.destroy());
      await audit.record(done);
    } catch (cause) {
      zip.output.destroy();
      throw cause;
    }
    return reply.send(zip.output);
  }

  /** Each is called as it is for everybody, also where the one that it shares its name with is not in it. */
  async #filesOf({ files, recordingId }: Manifest, whole: Manifest) {
    const { names, store } = this.#parts;
    const called = names.each(whole);
    const found = files.map(async ({ crc32, name, sha256 }) => {
      const facts = await store.stat(recordingId, name);
      if (!facts) return [];
      const source = await store.sourceOf(recordingId, name);
      const sums = { ...(sha256 && { sha256 }), ...(crc32 && { crc32 }) };
      return [{ source, name: `${called.get(name)}.flv`, bytes: facts.bytes, ...sums }];
    });
    return (await Promise.all(found)).flat();
  }
}

/** Aborted once nobody waits for this answer any more: it was sent, or its connection is gone. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort(new Fault('timeout', 'The connection was closed.')));
  return controller.signal;
}
