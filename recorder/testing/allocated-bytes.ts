import { recordQuietPerson } from './quiet-person.ts';

/**
 * Tells on the channel how many bytes of V8's heap a packet has taken, of everything between its datagram and the disk. To be
 * started with so large a young generation that nothing is collected meanwhile.
 */
const WARM_UP_S = 10;
const MEASURED_S = 20;

let [bytes, packets] = [0, 0];
await recordQuietPerson(WARM_UP_S + MEASURED_S, (second, so) => {
  if (second === WARM_UP_S) [bytes, packets] = [process.memoryUsage().heapUsed, so.packets];
  if (second === WARM_UP_S + MEASURED_S - 1)
    process.send?.((process.memoryUsage().heapUsed - bytes) / (so.packets - packets));
});
