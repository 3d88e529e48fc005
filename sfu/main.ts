import '#service/owner-umask.ts';

import { systemClock } from '#service/clock.ts';
import { takeConfig } from '#service/config.ts';
import { openLog } from '#service/log.ts';
import { announceReady, exitWithFailure, onStopRequested } from '#service/supervised.ts';
import { configFields } from './config.ts';
import { openSfu } from './sfu.ts';

async function main(): Promise<void> {
  const config = takeConfig(configFields);
  const log = openLog('sfu', config.LOG_LEVEL);
  const sfu = await openSfu(config, { clock: systemClock, log });
  log.info('sfu-serves', { port: sfu.port });
  onStopRequested(() => sfu.close());
  announceReady();
}

main().catch(exitWithFailure);
