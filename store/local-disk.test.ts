import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { temporaryFolder } from '#archive/testing/sample.ts';
import { LocalDisk } from './local-disk.ts';
import { storeContract } from './testing/store-contract.ts';

storeContract(async () => {
  const root = await temporaryFolder();
  return { store: new LocalDisk(root, systemClock, silentLog), root };
});
