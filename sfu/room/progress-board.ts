import type { ErrorCode } from '#protocol/errors.ts';
import type { OwnRecording } from '#protocol/meeting-state.ts';
import type { Consent } from '#protocol/people.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import type { Announcer } from './announcer.ts';
import type { Members } from './members.ts';
import { progressOf } from './progress.ts';

export interface ProgressBoardOptions {
  members: Members;
  announcer: Announcer;
  consentOf(connectionId: string): Consent | undefined;
}

/** How the recording of each person stands, as the recorder says: the host sees all of it, everybody their own. */
export class ProgressBoard {
  readonly #options: ProgressBoardOptions;
  readonly #problems = new Map<string, ErrorCode>();
  /** What each person was last told of themselves. */
  readonly #told = new Map<string, string>();
  files: readonly FileProgress[] = [];

  constructor(options: ProgressBoardOptions) {
    this.#options = options;
  }

  own(connectionId: string): OwnRecording {
    const { problem, state } = this.#of(connectionId);
    return { state, ...(problem && { problem }) };
  }

  /** Nothing is being written for anybody. */
  stall(): void {
    this.files = this.files.map((file) => ({ ...file, state: 'stalled' }));
  }

  /** Answers whether that is new. @param code undefined: there is none any more */
  problem(connectionId: string, code: ErrorCode | undefined): boolean {
    if (!code) return this.#problems.delete(connectionId);
    this.#problems.set(connectionId, code);
    return true;
  }

  /** They know it from joining. */
  knows(connectionId: string, own: OwnRecording | undefined): void {
    this.#told.set(connectionId, JSON.stringify(own));
  }

  left(connectionId: string): void {
    this.#problems.delete(connectionId);
    this.#told.delete(connectionId);
  }

  /** Each person of their own state, when it is another one. */
  tellOwn(): void {
    const { announcer, members } = this.#options;
    for (const { connectionId } of members.all) {
      const ownRecording = this.own(connectionId);
      const key = JSON.stringify(ownRecording);
      if (this.#told.get(connectionId) === key) continue;
      this.#told.set(connectionId, key);
      announcer.one(connectionId, { name: 'ownRecordingChanged', data: { ownRecording } });
    }
  }

  tellHost(): void {
    const { announcer, members } = this.#options;
    const { host } = members;
    if (!host) return;
    const people = members.all.map(({ connectionId }) => this.#of(connectionId));
    announcer.one(host.connectionId, { name: 'recordingProgress', data: { people } });
  }

  clear(): void {
    this.#problems.clear();
    this.#told.clear();
    this.files = [];
  }

  #of(connectionId: string) {
    const problem = this.#problems.get(connectionId);
    return progressOf(connectionId, this.#options.consentOf(connectionId), this.files, problem);
  }
}
