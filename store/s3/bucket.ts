import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Fault } from '#protocol/errors.ts';
import type { S3Place } from './place.ts';

const MIB = 1024 ** 2;
/** Content longer than this is sent in parts, of which each can be sent again by itself. */
export const PART_BYTES = 8 * MIB;
/** S3's own bound; longer content has larger parts. */
const MAX_PARTS = 10_000;
/** The SDK waits longer each time, up to 20 s. */
const ATTEMPTS = 5;
const CONNECT_MS = 5000;
/** Of silence in the middle of an answer. */
const SILENCE_MS = 30_000;
const REMOVALS_AT_ONCE = 8;
/** S3 gives no more at once. */
const PAGE_KEYS = 1000;

/** An object as a listing or its head tells of it. */
export interface S3Object {
  key: string;
  bytes: number;
  modifiedAtMs: number;
  /** Without its quotes; it differs when the content does. */
  etag: string;
}

/** One prefix of one bucket: the adapter of the SDK. Every method is content where there is nothing, and throws Fault `store-…`. */
export class Bucket {
  readonly #client: S3Client;
  readonly #place: S3Place;

  constructor(place: S3Place) {
    this.#place = place;
    const { credentials, endpoint, region } = place;
    this.#client = new S3Client({
      region,
      maxAttempts: ATTEMPTS,
      retryMode: 'standard',
      ...(credentials && { credentials }),
      // Many stores have no name of their own for each bucket.
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: SILENCE_MS,
        throwOnRequestTimeout: true,
      },
      // Not every store knows the checksums that the SDK would add: each body goes with its MD5, which all of them check.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async head(key: string): Promise<S3Object | undefined> {
    const found = await this.#orNone(() => this.#client.send(new HeadObjectCommand(this.#at(key))));
    return found && { key, bytes: found.ContentLength ?? 0, ...changeOf(found) };
  }

  /** Bytes `from` (included) to `to` (excluded), held in memory. @param etag of the object that is meant */
  async read(key: string, { etag, from, to }: { etag: string; from: number; to: number }): Promise<Buffer> {
    const range = { Range: `bytes=${from}-${to - 1}`, IfMatch: `"${etag}"` };
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#orNone(() =>
        this.#client.send(new GetObjectCommand({ ...this.#at(key), ...range })),
      );
      if (!found?.Body) throw new Fault('file-not-found');
      try {
        return Buffer.from(await found.Body.transformToByteArray());
      } catch (cause) {
        // It was cut off behind its head, where the SDK does not try again.
        if (attempt === ATTEMPTS) throw toFault(cause, this.#place);
      }
    }
  }

  /** A whole small object, with what its head tells. */
  async get(key: string): Promise<(S3Object & { content: Buffer }) | undefined> {
    const found = await this.#orNone(() => this.#client.send(new GetObjectCommand(this.#at(key))));
    if (!found?.Body) return undefined;
    const content = await this.#faulty(async () =>
      Buffer.from((await found.Body?.transformToByteArray()) ?? []),
    );
    return { key, bytes: content.length, ...changeOf(found), content };
  }

  async put(key: string, content: Buffer): Promise<S3Object> {
    const body = { ...this.#at(key), Body: content, ContentMD5: md5(content) };
    const { ETag } = await this.#faulty(() => this.#client.send(new PutObjectCommand(body)));
    return { key, bytes: content.length, modifiedAtMs: 0, etag: bare(ETag) };
  }

  /** Puts content of this length, a part at a time, with one part in memory. @throws Error when it is not so long */
  async putStream(key: string, bytes: number, content: AsyncIterable<Buffer>): Promise<void> {
    const partBytes = Math.max(PART_BYTES, Math.ceil(bytes / MAX_PARTS));
    const parts = partsOf(content, partBytes);
    if (bytes <= PART_BYTES) {
      const { value } = await parts.next();
      const whole = value ?? Buffer.alloc(0);
      if (whole.length !== bytes) throw new Error(`${key} has ${whole.length} bytes, not ${bytes}.`);
      await this.put(key, whole);
      return;
    }
    const { UploadId } = await this.#faulty(() =>
      this.#client.send(new CreateMultipartUploadCommand(this.#at(key))),
    );
    const upload = { ...this.#at(key), UploadId };
    try {
      const sent: { PartNumber: number; ETag: string | undefined }[] = [];
      let sentBytes = 0;
      for await (const part of parts) {
        const PartNumber = sent.length + 1;
        const body = { ...upload, PartNumber, Body: part, ContentMD5: md5(part) };
        const { ETag } = await this.#faulty(() => this.#client.send(new UploadPartCommand(body)));
        sent.push({ PartNumber, ETag });
        sentBytes += part.length;
      }
      if (sentBytes !== bytes) throw new Error(`${key} has ${sentBytes} bytes, not ${bytes}.`);
      // No part may follow this: on some stores it would ruin the object. It may itself be sent twice.
      const complete = { ...upload, MultipartUpload: { Parts: sent } };
      await this.#faulty(() => this.#client.send(new CompleteMultipartUploadCommand(complete)));
    } catch (cause) {
      // Where this does not arrive either, `abandon` ends it.
      await Promise.allSettled([this.#client.send(new AbortMultipartUploadCommand(upload))]);
      throw cause;
    }
  }

  /** Ends what was begun to be sent before this instant, and never completed. */
  async abandon(beforeMs: number): Promise<void> {
    const { bucket, prefix } = this.#place;
    let more: { KeyMarker: string | undefined; UploadIdMarker: string | undefined } | undefined;
    do {
      const question = { Bucket: bucket, Prefix: prefix, ...more };
      const page = await this.#faulty(() => this.#client.send(new ListMultipartUploadsCommand(question)));
      for (const { Initiated, Key, UploadId } of page.Uploads ?? []) {
        if ((Initiated?.getTime() ?? beforeMs) >= beforeMs) continue;
        const upload = { Bucket: bucket, Key, UploadId };
        await this.#orNone(() => this.#client.send(new AbortMultipartUploadCommand(upload)));
      }
      const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
      more = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
    } while (more);
  }

  async remove(key: string): Promise<void> {
    await this.#orNone(() => this.#client.send(new DeleteObjectCommand(this.#at(key))));
  }

  /** Everything below; one at a time, since not every store takes lists. @returns its bytes */
  async removeAll(prefix: string): Promise<number> {
    let bytes = 0;
    let batch: Promise<void>[] = [];
    for await (const object of this.list(prefix)) {
      bytes += object.bytes;
      batch.push(this.remove(object.key));
      if (batch.length < REMOVALS_AT_ONCE) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
    return bytes;
  }

  /** Everything below in the order of its keys. @param options.after keys up to this one are left out; `pageKeys` come with each question */
  async *list(
    prefix: string,
    { after, pageKeys = PAGE_KEYS }: { after?: string | undefined; pageKeys?: number } = {},
  ): AsyncGenerator<S3Object> {
    const { bucket, prefix: root } = this.#place;
    const start = { MaxKeys: pageKeys, ...(after !== undefined && { StartAfter: root + after }) };
    let token: string | undefined;
    do {
      const question = { Bucket: bucket, Prefix: root + prefix, ...start, ContinuationToken: token };
      const page = await this.#faulty(() => this.#client.send(new ListObjectsV2Command(question)));
      for (const found of page.Contents ?? []) {
        yield { key: (found.Key ?? '').slice(root.length), bytes: found.Size ?? 0, ...changeOf(found) };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** An address at which whoever has it reads this object for so long. @param saveAs the header that says how it is saved */
  link(key: string, { seconds, saveAs }: { seconds: number; saveAs?: string }): Promise<string> {
    const command = new GetObjectCommand({ ...this.#at(key), ResponseContentDisposition: saveAs });
    return this.#faulty(() => getSignedUrl(this.#client, command, { expiresIn: seconds }));
  }

  close(): void {
    this.#client.destroy();
  }

  #at(key: string) {
    return { Bucket: this.#place.bucket, Key: this.#place.prefix + key };
  }

  async #faulty<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw toFault(cause, this.#place);
    }
  }

  /** Undefined for what is not there, or no longer what was meant. */
  async #orNone<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof S3ServiceException && NOT_THERE.has(cause.name)) return undefined;
      throw toFault(cause, this.#place);
    }
  }
}

/** HeadObject has no body, and so no name but NotFound; a bucket that is not there says so of everything else. */
const NOT_THERE = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload', 'PreconditionFailed']);
const REFUSED = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
]);

/** What people are told. */
function toFault(cause: unknown, { bucket, endpoint }: S3Place): unknown {
  const { message, name } = cause as Error;
  const options = { cause };
  const where = endpoint ?? 'Amazon S3';
  if (name === 'NoSuchBucket') {
    return new Fault(
      'store-missing',
      `There is no bucket ${bucket} on ${where}. Make it, or correct STORE.`,
      options,
    );
  }
  if (REFUSED.has(name) || name === 'CredentialsProviderError' || statusOf(cause) === 403) {
    const words = `${where} refuses our credentials for the bucket ${bucket} (${name}). Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's rules.`;
    return new Fault('store-refused', words, options);
  }
  const words = `${where} does not answer as it should (${name}: ${message}). It is tried again.`;
  return new Fault('store-unreachable', words, options);
}

const statusOf = (cause: unknown) =>
  cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;

const bare = (etag: string | undefined) => (etag ?? '').replaceAll('"', '');
const changeOf = ({
  ETag,
  LastModified,
}: {
  ETag?: string | undefined;
  LastModified?: Date | undefined;
}) => ({
  etag: bare(ETag),
  modifiedAtMs: LastModified?.getTime() ?? 0,
});
const md5 = (content: Buffer) => createHash('md5').update(content).digest('base64');

/** The same bytes in pieces of one length, the last one shorter. */
async function* partsOf(content: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer, undefined> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, length - bytes);
      gathered.push(taken);
      bytes += taken.length;
      rest = rest.subarray(taken.length);
      if (bytes < length) continue;
      yield Buffer.concat(gathered);
      gathered = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(gathered);
  return undefined;
}
