import { z } from 'zod';
import { fileSourceSchema } from '#store/file-source.ts';

/** What goes into a ZIP, told to the process that makes it. */
export const zipPlanSchema = z.object({
  /** The manifest as it goes in. */
  manifest: z.string(),
  files: z.array(
    z.object({
      source: fileSourceSchema,
      /** Inside the ZIP. */
      name: z.string(),
      bytes: z.number().int().nonnegative(),
      /** As the manifest has them; without one it is computed: the CRC before the file, the other on the way. */
      sha256: z.string().optional(),
      crc32: z.string().optional(),
    }),
  ),
  modified: z.object({ epochMs: z.number(), local: z.string() }),
});
export type ZipPlan = z.infer<typeof zipPlanSchema>;

/** From the process: how long the ZIP will be, before its first byte; later, that it computes what must come first, and so nothing comes. */
export const zipNewsSchema = z.union([
  z.object({ bytes: z.number().int().positive() }),
  z.object({ computing: z.literal(true) }),
]);
export type ZipNews = z.infer<typeof zipNewsSchema>;

export const MANIFEST_ENTRY = 'manifest.json';
export const SUMS_ENTRY = 'SHA256SUMS';
