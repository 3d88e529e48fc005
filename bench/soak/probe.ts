import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FiguresWanted, OwnFigures } from './probe-messages.ts';

/**
 * Loaded into a measured process before its own code: answers with what the process holds on to. Only a heap without
 * its garbage can be compared with itself, and V8 keeps a lot of memory for what may come: it is made to give that back.
 */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as (options: object) => void;

function figures(): OwnFigures {
  collectGarbage({ type: 'major', execution: 'sync', flavor: 'last-resort' });
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
