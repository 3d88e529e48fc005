import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';

/** Where recordings lie in an S3 store, and how it is reached. */
export const s3PlaceSchema = z.object({
  bucket: z.string(),
  /** Empty, or with a slash at its end. */
  prefix: z.string(),
  /** Undefined for Amazon's own. */
  endpoint: z.string().optional(),
  region: z.string(),
  /** Undefined for those that the SDK finds: the file in `~/.aws`, or the machine's role. */
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
});
export type S3Place = z.infer<typeof s3PlaceSchema>;

/** `s3://bucket` or `s3://bucket/prefix`. */
export const s3UrlSchema = z
  .string()
  .regex(
    /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w-][\w.-]*)*\/?$/,
    'must be s3://BUCKET or s3://BUCKET/PREFIX',
  )
  .transform((url) => {
    const [bucket = '', ...parts] = url.slice('s3://'.length).split('/').filter(Boolean);
    return { bucket, prefix: parts.map((part) => `${part}/`).join('') };
  });

/** What the archive's keys say of it; undefined where recordings stay on this disk. @throws Fault `config-invalid` */
export function s3PlaceOf(config: {
  STORE?: { bucket: string; prefix: string } | undefined;
  S3_ENDPOINT?: string | undefined;
  AWS_REGION: string;
  AWS_ACCESS_KEY_ID?: string | undefined;
  AWS_SECRET_ACCESS_KEY?: string | undefined;
}): S3Place | undefined {
  if (!config.STORE) return undefined;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  const place = { ...config.STORE, endpoint: config.S3_ENDPOINT, region: config.AWS_REGION };
  if (accessKeyId === undefined && secretAccessKey === undefined) return place;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const words = 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together.';
    throw new Fault('config-invalid', words);
  }
  return { ...place, credentials: { accessKeyId, secretAccessKey } };
}
