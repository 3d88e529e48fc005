import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FiguresWanted, OwnFigures } from './probe-messages.ts';

/**
 * Loaded into a measured process before its own code: answers with what the process holds on to. Only a heap without
 * its garbage can be compared with itself, so it is collected first.
 */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function figures(): OwnFigures {
  collectGarbage();
  const resources = process.getActiveResourcesInfo();
  const timers = resources.filter((name) => name === 'Timeout').length;
  return {
    soak: 'own-figures',
    heapBytes: process.memoryUsage().heapUsed,
    timers,
    handles: resources.length - timers,
  };
}

// Archive and recorder fork helpers, which have a channel of their own and must not load this one's listener.
if (process.env.SOAK_PROBE === `${process.ppid}`) {
  process.on('message', ({ soak }: FiguresWanted) => {
    if (soak === 'figures') process.send?.(figures());
  });
}
