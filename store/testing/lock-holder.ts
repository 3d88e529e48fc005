import { systemClock } from '#service/clock.ts';
import { Locks, thisOwner } from '../ownership.ts';

/** A process that takes the lock of the folder it is given, beats when it is told to on standard input, and answers each with a line. */
const [, , folder = ''] = process.argv;
const ownership = await new Locks(thisOwner('recorder-1', 'holder')).take(folder, systemClock.nowMs());
console.log('held');
process.stdin.on('data', async () => {
  console.log(`beat ${await ownership.beat(systemClock.nowMs())}`);
});
