import { type Mp4Answer, mp4OrderSchema } from './mp4-messages.ts';
import { writeMp4 } from './write-mp4.ts';

/** So often at most is told how far it is: a thousandth of the file. */
const STEP = 0.001;

/** A process of its own for one MP4: it reads and writes gigabytes, of which strangers sent every byte. */
process.once('message', async (message) => {
  const { source, target, wanted } = mp4OrderSchema.parse(message);
  let told = 0;
  try {
    await writeMp4({ source, target }, wanted, (done) => {
      if (done < told + STEP) return;
      told = done;
      answer({ done });
    });
    answer({ over: true });
  } catch (cause) {
    answer({ problem: (cause as Error).message });
  }
  process.disconnect();
});
// The archive is gone: nobody waits any more.
process.once('disconnect', () => process.exit());

function answer(what: Mp4Answer): void {
  process.send?.(what);
}
