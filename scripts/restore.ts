import '#service/owner-umask.ts';

import { join, resolve } from 'node:path';
import { listBackups } from '#archive/app/backups.ts';
import { restoreBackup } from '#archive/app/restore.ts';
import { configFields } from '#archive/config.ts';
import { Fault } from '#protocol/errors.ts';
import { systemClock } from '#service/clock.ts';
import { exitWithFailure } from '#service/supervised.ts';
import { root } from './setup/places.ts';
import { readEnvironment } from './supervisor/environment.ts';

/** `npm run restore` lists the backups of app.db; `npm run restore -- <name or path>` puts one in its place. */
async function main(): Promise<void> {
  const env = readEnvironment(root, process.env);
  const dataDir = resolve(root, configFields.DATA_DIR.parse(env.DATA_DIR));
  if (env.DATABASE_URL) {
    throw new Fault('config-invalid', 'With DATABASE_URL the backups are its own: see docs/operations.md.');
  }
  const folder = join(dataDir, 'backups');
  const backups = await listBackups(folder);
  const [wanted] = process.argv.slice(2);
  if (wanted === undefined) {
    console.log(backups.length > 0 ? backups.join('\n') : `There are no backups in ${folder}.`);
    return;
  }
  const path = backups.includes(wanted) ? join(folder, wanted) : resolve(wanted);
  const kept = await restoreBackup(path, join(dataDir, 'app.db'), systemClock.nowMs());
  console.log(`Restored ${path}.${kept === undefined ? '' : ` What it replaced is kept as ${kept}.`}`);
}

main().catch(exitWithFailure);
