import { temporaryFolder } from '#archive/testing/sample.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from './local-disk.ts';
import { storeContract } from './testing/store-contract.ts';

storeContract(async () => {
  const root = await temporaryFolder();
  const clock = new ManualClock();
  return { store: new LocalDisk(root, clock, silentLog), root, clock };
});
