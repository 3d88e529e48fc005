import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openAppDatabase } from '../app/app-database.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { databaseContract } from './testing/database-contract.ts';

databaseContract(async () => {
  const database = openAppDatabase(join(await temporaryFolder(), 'app.db'));
  onTestFinished(() => database.close());
  return database;
});
