import { exportIdSchema } from '#protocol/http/exports.ts';
import { fileNameSchema } from '#protocol/identifiers.ts';
import type { MadeFolder } from './store.ts';

const schemas: Record<
  MadeFolder,
  { of: { safeParse(text: string): { success: boolean } }; endings: string[] }
> = {
  exports: { of: exportIdSchema, endings: ['.mp4', '.m4a'] },
  thumbnails: { of: fileNameSchema, endings: ['.jpg'] },
};

/** Whether something of this name may lie in this folder: nothing else ever touches a path. */
export function isMadeName(folder: MadeFolder, name: string): boolean {
  const { endings, of } = schemas[folder];
  return endings.some(
    (ending) => name.endsWith(ending) && of.safeParse(name.slice(0, -ending.length)).success,
  );
}
