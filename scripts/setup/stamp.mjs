import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * A hash over the names and contents of files and of whole folders, the same on every machine.
 * @param {string} root the folder that names are relative to
 * @param {string[]} paths files and folders inside it; what does not exist counts as such
 * @param {(name: string) => boolean} [skip] names (with `/`) to leave out, folders with all they hold
 * @returns {string}
 */
export function hashPaths(root, paths, skip = () => false) {
  const hash = createHash('sha256');
  /** @param {string} path */
  const add = (path) => {
    const name = relative(root, path).split(sep).join('/');
    if (skip(name)) return;
    if (!existsSync(path)) return hash.update(`absent ${name}\0`);
    if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) add(join(path, entry));
      return;
    }
    const bytes = readFileSync(path);
    hash.update(`file ${name} ${bytes.length}\0`).update(bytes);
  };
  for (const path of paths) add(join(root, path));
  return hash.digest('hex');
}

/** Whether the work that `value` stands for is already done. @param {string} file @param {string} value */
export function isStamped(file, value) {
  return existsSync(file) && readFileSync(file, 'utf8').trim() === value;
}

/** Writes a stamp whole or not at all: the last act of the work. @param {string} file @param {string} value */
export function stamp(file, value) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, `${value}\n`);
  renameSync(part, file);
}
