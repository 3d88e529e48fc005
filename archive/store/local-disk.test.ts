import { systemClock } from '../../service/clock.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { storeContract } from './contract.ts';
import { LocalDisk } from './local-disk.ts';

storeContract(async () => {
  const root = await temporaryFolder();
  return { store: new LocalDisk(root, systemClock), root };
});
