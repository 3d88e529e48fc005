import { systemClock } from '../../service/clock.ts';
import { silentLog } from '../../service/log.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { storeContract } from './contract.ts';
import { LocalDisk } from './local-disk.ts';

storeContract(async () => {
  const root = await temporaryFolder();
  return { store: new LocalDisk(root, systemClock, silentLog), root };
});
