import type { KeptDoors } from '#protocol/recorder.ts';
import type { Log } from '#service/log.ts';
import type { RecorderLink } from './recorder-link.ts';

/** Takes the place of doors that were kept before. */
const OPEN_DOORS: KeptDoors = { admission: 'open', admitted: [], removed: [] };

/** Has a recording's recorder keep who may come into the meeting, for a server process that comes after this one. */
export class DoorsKeeper {
  readonly #recordingId: string;
  readonly #log: Pick<Log, 'warn'>;
  /** Undefined: nothing that anybody would have to know. */
  #doors: KeptDoors | undefined;
  #link: RecorderLink | undefined;

  constructor(recordingId: string, log: Pick<Log, 'warn'>) {
    this.#recordingId = recordingId;
    this.#log = log;
  }

  /** @param doors undefined: as open as those of any meeting */
  keep(doors: KeptDoors | undefined): void {
    if (!doors && !this.#doors) return;
    this.#doors = doors ?? OPEN_DOORS;
    this.#send();
  }

  /** The recorder is there; undefined: it is lost. */
  use(link: RecorderLink | undefined): void {
    this.#link = link;
    this.#send();
  }

  /** A recorder that fails to keep them is asked again at the next change, and when it comes back. */
  #send(): void {
    const [recordingId, doors] = [this.#recordingId, this.#doors];
    if (!doors) return;
    this.#link?.command('keepDoors', { recordingId, doors }).catch((cause: Error) => {
      this.#log.warn('doors-not-kept', { recordingId, cause: cause.message });
    });
  }
}
