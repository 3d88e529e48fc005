import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A font file that names can be written with. */
export interface LabelFont {
  path: string;
  /** Whether it has Chinese, Japanese and Korean letters. */
  cjk: boolean;
}

const FOLDERS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  join(homedir(), '.fonts'),
  join(homedir(), '.local/share/fonts'),
  '/System/Library/Fonts',
  '/Library/Fonts',
];
const CJK = [/SansCJK.*Regular/, /SansCJK/, /SourceHanSans/, /wqy-/, /DroidSansFallback/, /PingFang/, /CJK/];
const OTHERS = [
  /^DejaVuSans\.ttf$/,
  /^NotoSans-Regular/,
  /^LiberationSans-Regular/,
  /^Arial\.ttf$/,
  /Sans/,
  /./,
];
const MAX_FILES = 20_000;

/** The best font of this machine for names in any script; undefined when there is none at all. */
export async function findLabelFont(folders: readonly string[] = FOLDERS): Promise<LabelFont | undefined> {
  const files: { name: string; path: string }[] = [];
  for (const folder of folders) files.push(...(await fontFiles(folder)));
  for (const [patterns, cjk] of [
    [CJK, true],
    [OTHERS, false],
  ] as const) {
    for (const pattern of patterns) {
      const found = files.find(({ name }) => pattern.test(name));
      if (found) return { path: found.path, cjk };
    }
  }
  return undefined;
}

async function fontFiles(folder: string): Promise<{ name: string; path: string }[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(ttf|ttc|otf)$/i.test(entry.name))
      .slice(0, MAX_FILES)
      .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }))
      .sort((one, other) => one.path.localeCompare(other.path, 'en'));
  } catch (cause) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw cause;
  }
}
