import { z } from 'zod';
import { newPasswordSchema } from '#protocol/http/session.ts';
import { commonFields, integer, port } from '#service/config.ts';
import { sharedKey, whoMay } from '#service/who-may.ts';
import { s3UrlSchema } from '#store/s3/place.ts';
import { type TrustProxy, trustOf } from './access/client-address.ts';
import { LocalTime } from './names/local-time.ts';

const secret = z.string().min(16, 'must have at least 16 characters');

/** Hops beyond which a number is a mistake. */
const MAX_HOPS = 10;

const trustProxy = z
  .string()
  .optional()
  .transform((text, context): TrustProxy | undefined => {
    if (text === undefined) return undefined;
    const isNumber = /^\d+$/.test(text);
    if (isNumber && Number(text) <= MAX_HOPS) return Number(text);
    const addresses = text.split(',').map((address) => address.trim());
    try {
      if (isNumber) throw new TypeError('too many hops');
      trustOf(addresses);
    } catch {
      const words = `must be addresses or networks like 10.0.0.0/8, with commas, or a number up to ${MAX_HOPS}`;
      context.addIssue({ code: 'custom', message: words });
    }
    return addresses;
  });

const timeZone = z.string().refine((zone) => {
  try {
    return new LocalTime(zone) !== undefined;
  } catch {
    return false;
  }
}, 'must be the name of a time zone, such as Europe/Berlin');

const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://');

/** Where recordings lie, and how that is reached. */
export const storeFields = {
  STORE: s3UrlSchema
    .optional()
    .describe('where recordings go once they are finished, s3://BUCKET/PREFIX; without it they stay'),
  S3_ENDPOINT: z.url().optional().describe("address of the S3 store; without it Amazon's"),
  AWS_REGION: z.string().default('us-east-1').describe('region of the S3 store'),
  AWS_ACCESS_KEY_ID: z
    .string()
    .optional()
    .describe("key of the S3 store; without it that of ~/.aws/credentials, or the machine's role"),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe('secret of AWS_ACCESS_KEY_ID'),
};

/** The archive's keys; `.env.example` lists them with their meaning. */
export const configFields = {
  ...commonFields,
  HOST: z.string().default('127.0.0.1').describe('address that the web page is served on'),
  PORT: port.default(3000).describe('port that the web page is served on'),
  PUBLIC_URL: z.url().optional().describe('address that people use, when a proxy stands in front'),
  TRUST_PROXY: trustProxy.describe(
    'proxies in front whose X-Forwarded-For and -Proto are believed: addresses and networks with commas, or their number',
  ),
  TLS_CERT: z.string().optional().describe('certificate file (PEM): serves HTTPS, together with TLS_KEY'),
  TLS_KEY: z.string().optional().describe('private key file (PEM) of TLS_CERT'),
  SECRET: secret.describe('keys the stored sessions; made at the first start'),
  JOIN_SECRET: secret.describe('signs join tokens; made at the first start; the only key an integrator gets'),
  RECORDER_TOKEN: secret.describe('shared by SFU, recorders and archive; made at the first start'),
  ADMIN_PASSWORD: newPasswordSchema
    .optional()
    .describe('password of /admin; without it one is made and shown at the first start'),
  WHO_MAY_CREATE: whoMay
    .default('anyone')
    .describe('who may make meetings: anyone, key (who knows CREATE_KEY), admin (who is signed in)'),
  CREATE_KEY: sharedKey.describe('what WHO_MAY_CREATE=key asks for, 12 characters or more'),
  WHO_MAY_RECORD: whoMay
    .default('anyone')
    .describe('who may record, as host: anyone, key (who knows RECORD_KEY), admin (who joined signed in)'),
  RECORDINGS_DIR: z.string().default('./recordings').describe('where recordings are written and served from'),
  ...storeFields,
  MIN_FREE_DISK: integer(0, Number.MAX_SAFE_INTEGER)
    .default(1024 ** 3)
    .describe('bytes to leave free: below, recordings end and none begins'),
  RETENTION_DAYS: integer(1, 36_500)
    .optional()
    .describe('recordings older than this are deleted, unless pinned; the storage page changes it'),
  RETENTION_BYTES: integer(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'bytes beyond which the meeting with most of them gives its oldest; the storage page changes it',
    ),
  EXPORTS_AT_ONCE: integer(1, 16)
    .default(1)
    .describe('exports made at the same time: so many copied files, and so many group videos'),
  TIME_ZONE: timeZone
    .optional()
    .describe(
      "whose date and time names of downloads carry, such as Europe/Berlin; without it the server's own",
    ),
  AUDIT_WATCHING: z
    .enum(['on', 'off'])
    .default('on')
    .describe('whether the audit log tells who watched a recording'),
  FFMPEG_PATH: z
    .string()
    .optional()
    .describe("the ffmpeg to use, 5 or newer; without it ffmpeg-static's, the system's or Debian's"),
  DATABASE_URL: databaseUrl
    .optional()
    .describe('postgres://…: keeps there what lies in DATA_DIR/app.db and catalog.db otherwise'),
  DATA_DIR: z.string().default('./data').describe('where the databases and generated secrets are kept'),
  SFU_URL: z
    .url()
    .default('http://127.0.0.1:3001')
    .describe('where archive and recorder reach the SFU; `npm start` knows it from SFU_PORT'),
};
