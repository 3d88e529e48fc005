import type { Round } from './round.ts';
import type { Figures } from './sample.ts';

/** Those who are there as long as the soak, recorded from its first minute to its last. */
export interface Stayers {
  /** At the media server between two rounds, with everybody else gone. */
  readonly people: number;
  readonly transports: number;
  /** They and their guests do what people do, until the round is over. */
  live(round: Round): Promise<void>;
  /** Of the page in which one of them sits, if any. */
  pageFigures(): Promise<Figures>;
  /** Stop, with everything recorded on disk, and leave. */
  moveOut(): Promise<void>;
}
