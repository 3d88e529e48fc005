import { z } from 'zod';

/** What goes into a ZIP, told to the process that makes it. */
export const zipPlanSchema = z.object({
  /** The manifest as it goes in. */
  manifest: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      /** Inside the ZIP. */
      name: z.string(),
      bytes: z.number().int().nonnegative(),
      /** As the manifest has it; without one it is computed on the way. */
      sha256: z.string().optional(),
    }),
  ),
  modifiedAtMs: z.number(),
});
export type ZipPlan = z.infer<typeof zipPlanSchema>;

/** From the process, before the first byte: how long the ZIP will be. */
export const zipSizeSchema = z.object({ bytes: z.number().int().positive() });

export const MANIFEST_ENTRY = 'manifest.json';
export const SUMS_ENTRY = 'SHA256SUMS';
