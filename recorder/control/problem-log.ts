import type { Manifest } from '#protocol/manifest.ts';

/** Of one recording; what comes on top is not noted, but that there was more. */
export const MAX_PROBLEMS = 500;
/** That something is full is always noted: there are few kinds of it, and people told of once. */
const KEPT_FOR_FULL = 100;
export const MAX_PROBLEM_LENGTH = 500;

type Problem = Manifest['problems'][number];

/** What went wrong in a recording, in words. */
export class ProblemLog {
  readonly #problems: Problem[];
  #more = 0;

  constructor(problems: readonly Problem[]) {
    this.#problems = [...problems];
  }

  get all(): Problem[] {
    if (this.#more === 0) return [...this.#problems];
    const message = `${this.#more} more problems came, which are not noted.`;
    return [...this.#problems, { atMs: this.#problems.at(-1)?.atMs ?? 0, code: 'internal', message }];
  }

  note({ atMs, code, message }: Problem): void {
    const most = code === 'recording-full' ? MAX_PROBLEMS + KEPT_FOR_FULL : MAX_PROBLEMS;
    if (this.#problems.length >= most) this.#more += 1;
    else this.#problems.push({ atMs, code, message: message.slice(0, MAX_PROBLEM_LENGTH) });
  }
}
