import { access, rename } from 'node:fs/promises';

/** Makes a file unless it is there; one that was cut short is never taken for it. */
export async function once(path: string, make: (target: string) => Promise<unknown>): Promise<void> {
  if (await isThere(path)) return;
  const part = path.replace(/\.(\w+)$/, '.part.$1');
  await make(part);
  await rename(part, path);
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return false;
  }
}
