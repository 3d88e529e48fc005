import type { ExportJob } from '#protocol/http/exports.ts';

/** How far a job is. */
export interface Progress {
  /** 0 to 1 */
  done: number;
  /** Media seconds made per second. */
  speed?: number | undefined;
}

/** One job to be done. */
export interface Work {
  job: ExportJob;
  /** In which the files that it is made from lie under their names. */
  folder: string;
  /** For this job alone; what lies there is still there after a restart, and gone when the job is over. */
  scratch: string;
  /** Where the finished file goes; inside `scratch`. */
  target: string;
  report: (progress: Progress) => void;
  signal: AbortSignal;
}

/** Makes the file that a job asks for. @throws Fault, or whatever `signal` was aborted with */
export type Maker = (work: Work) => Promise<void>;
