import { Fault } from '#protocol/errors.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import type { AudioCodec, FileSource } from '#protocol/people.ts';
import {
  answeredFor,
  type Fact,
  type KeptDoors,
  type RecorderCommandParams,
  type RecorderCommandResult,
} from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import type { Ownership } from '#store/ownership.ts';
import type { WriteAllowance } from '../file/allowances.ts';
import type { RecordedFile } from '../file/recorded-file.ts';
import type { PersonRecorder } from '../person/person-recorder.ts';
import type { IngestCounters } from '../person/stage-counts.ts';
import { openFile, openPerson } from '../pipeline.ts';
import type { SessionContext } from '../session-context.ts';
import { ManifestKeeper } from '../storage/manifest-keeper.ts';
import { type ManifestEnd, manifestEnd } from './absences.ts';
import { eraseWhatIsDue, isRefusal } from './erasures.ts';
import { OwnershipWatch } from './ownership-watch.ts';
import { ProblemLog } from './problem-log.ts';
import { SessionFiles } from './session-files.ts';
import { SessionPeople } from './session-people.ts';
import { listedFiles } from './thinned-files.ts';
import { ToldFacts } from './told-facts.ts';

/** How far it is. From Stop on nobody comes in, and nothing more is recorded. */
type State =
  | { is: 'recording' }
  | { is: 'completing' }
  | { is: 'complete'; end: ManifestEnd }
  /** The folder is another recorder's: nothing of it may be touched any more. */
  | { is: 'lost' };

/** One recording being made: people, their files, the manifest. Owns its folder until it is closed. */
export class RecordingSession {
  readonly recordingId: string;
  readonly #context: SessionContext;
  readonly #ownership: OwnershipWatch;
  readonly #people = new SessionPeople();
  readonly #files: SessionFiles;
  readonly #told: ToldFacts;
  readonly #problems: ProblemLog;
  readonly #keeper: ManifestKeeper;
  readonly #onOwnershipLost: () => void;
  /** As it was taken up; what changes of it is elsewhere. */
  readonly #found: Manifest;
  #state: State = { is: 'recording' };
  #closing: Promise<void> | undefined;
  #repairing: Promise<void> = Promise.resolve();
  /** A "no" may not be on disk yet. */
  #owesRefusal = false;
  /** Given by the SFU for its successor. */
  doors: KeptDoors | undefined;

  /** @param onOwnershipLost another recorder took the recording over: this one has let go of it */
  constructor(
    context: SessionContext,
    ownership: Ownership,
    manifest: Manifest,
    onOwnershipLost: () => void,
  ) {
    this.recordingId = manifest.recordingId;
    this.#context = context;
    this.#ownership = new OwnershipWatch(ownership, context.clock, context.log);
    this.#found = manifest;
    const full = (words: string) => this.noteProblem('recording-full', words);
    this.#files = new SessionFiles(context.recordings, manifest, full);
    this.#told = new ToldFacts(manifest, full);
    this.#problems = new ProblemLog(manifest.problems);
    this.#onOwnershipLost = onOwnershipLost;
    this.#keeper = new ManifestKeeper(
      context.recordings.folder(this.recordingId),
      () => this.manifest,
      () => context.onManifest(this.recordingId),
      context.log,
    );
  }

  /** As it stands now, the files being written included. */
  get audioCodec(): AudioCodec {
    return this.#context.audio.codec;
  }

  get manifest(): Manifest {
    const files = listedFiles([...this.#files.before, ...this.#people.files(this.startedAtMs)]);
    const end = this.#state.is === 'complete' ? this.#state.end : undefined;
    return { ...this.#found, ...this.#told.parts, files, problems: this.#problems.all, ...end };
  }

  get lastFact(): number {
    return this.#told.last;
  }

  get startedAtMs(): number {
    return this.#found.startedAtMs;
  }

  /** True from Stop on. */
  get isClosing(): boolean {
    return this.#state.is !== 'recording';
  }

  /** What `close` answers, once it was asked for. */
  get closing(): Promise<void> | undefined {
    return this.#closing;
  }

  /** People who may send. */
  get receivers(): number {
    return this.#people.count;
  }

  /** Since we took it up, of those who have left and of files that are erased, too. Never falls. */
  get writtenBytes(): number {
    return this.#people.writtenBytes;
  }

  /** True while the person's receiver is open. */
  knows(connectionId: string): boolean {
    return this.#people.has(connectionId);
  }

  /** Writes the first manifest: from here on a crash leaves a recording that can be found and repaired. */
  save(): Promise<void> {
    return this.#keeper.save();
  }

  /** Repairs what a crash left of this recording, in the background: the new files come first [D6]. */
  repair(leftovers: string[]): void {
    if (leftovers.length === 0) return;
    this.#repairing = this.#files.repair(leftovers).then(
      (problems) => {
        for (const problem of problems) this.#problems.note({ ...problem, atMs: this.startedAtMs });
        this.#keeper.touch();
      },
      (cause: Error) =>
        this.noteProblem('internal', `Files of before the crash were not repaired: ${cause.message}`),
    );
  }

  /**
   * Takes facts over, in order; those known already are skipped. Answers the last one taken. A "no" is carried out at once,
   * whether the SFU lives to ask for it or not, and is on disk before this answers.
   * @throws the error of the file system
   */
  async takeFacts(facts: readonly Fact[]): Promise<number> {
    for (const fact of facts) {
      if (!this.#told.take(fact)) continue;
      if (fact.type === 'paused') this.#people.setPaused(fact);
      if (fact.type === 'consent' && isRefusal(fact)) this.#dismiss(fact);
    }
    this.#keeper.touch();
    if (this.#owesRefusal) await this.#keeper.save();
    this.#owesRefusal = false;
    return this.#told.last;
  }

  /** The SFU is gone. */
  sfuLost(): void {
    this.#told.sfuLost(this.#nowMs());
  }

  /** It is the same process that we lost, with everybody as they were. */
  sfuBack(): void {
    this.#told.absences.sfuBack();
  }

  /** @throws Fault `recording-off` once it is closing, as those that follow */
  async openReceiver(connectionId: string): Promise<RecorderCommandResult<'openReceiver'>> {
    const { endpoint } = await this.#people.enter(connectionId, () => this.#openPerson(connectionId));
    return { endpoint };
  }

  async connectReceiver({ connectionId, from }: RecorderCommandParams<'connectReceiver'>): Promise<void> {
    (await this.#people.get(connectionId)).connect(from);
  }

  /** @throws Fault `stream-unsupported` */
  async addStream({ connectionId, stream }: RecorderCommandParams<'addStream'>): Promise<void> {
    (await this.#people.get(connectionId)).addStream(stream);
  }

  async removeStream({ connectionId, streamId }: RecorderCommandParams<'removeStream'>): Promise<void> {
    await (await this.#people.find(connectionId))?.removeStream(streamId);
  }

  /**
   * Completes the person's files, and deletes them when that is what the person wants.
   * @throws Fault `recording-owned` when another recorder has taken the recording over
   */
  async closeReceiver({ connectionId, erase }: RecorderCommandParams<'closeReceiver'>): Promise<void> {
    await this.#leave([connectionId], erase);
    await (erase ? this.#keeper.save() : this.#keeper.saveIfShort());
  }

  progress(): FileProgress[] {
    return [...this.#people.open].flatMap((person) => person.progress());
  }

  counters(): IngestCounters[] {
    return this.#people.counters();
  }

  /** Takes what lies in the sockets; whether more may lie in one. All are asked: each begins to count anew. */
  drain(): boolean {
    return [...this.#people.open].filter((person) => person.drain()).length > 0;
  }

  tick(seenMs: number): void {
    const { clock, clocks } = this.#context;
    const seen = clocks.at(seenMs);
    const doubtful = this.#ownership.isDoubtful;
    this.#ownership.tick(() => {
      if (this.#state.is === 'recording') this.#closing = this.#letGo();
    });
    for (const person of this.#people.open) person.tick(seen);
    if (doubtful) return;
    this.#keeper.tick(clock.nowMs());
    // The light goes on at the first bytes on disk: that is not left to the next heartbeat.
    if (this.#people.haveNewFiles()) this.#context.onProgress();
  }

  noteProblem(code: string, message: string): void {
    this.#problems.note({ atMs: Math.round(this.#nowMs()), code, message });
    this.#keeper.touch();
  }

  /** Completes every file, then the manifest, then lets go of the folder; of one that was taken over, at once. Memoised. */
  close(reason: ManifestEnd['stopReason']): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: ManifestEnd['stopReason']): Promise<void> {
    this.#state = { is: 'completing' };
    this.#people.admitNobody();
    if (await this.#ownership.isOursInTime()) await this.#complete(reason);
    else await this.#letGo();
  }

  async #complete(reason: ManifestEnd['stopReason']): Promise<void> {
    const endedMs = this.#nowMs();
    await this.#people.leaveAll(this.startedAtMs);
    await this.#repairing;
    // What could not be erased before: only then may the manifest say that nothing more is to come.
    const { files } = await eraseWhatIsDue(this.#context.recordings, this.manifest);
    this.#keepFiles(({ name }) => files.some((file) => file.name === name));
    const awaySinceMs = (connectionId: string) => this.#told.absences.sinceMs(connectionId);
    this.#state = { is: 'complete', end: manifestEnd(this.manifest, reason, awaySinceMs, endedMs) };
    try {
      await this.#keeper.save();
    } finally {
      await this.#ownership.release();
    }
  }

  #openPerson(connectionId: string): Promise<PersonRecorder> {
    return openPerson(this.#context, connectionId, {
      awaySinceMs: () => this.#told.absences.sinceMs(connectionId),
      openFile: (source, allowance) => this.#openFile(connectionId, source, allowance),
    });
  }

  #openFile(connectionId: string, source: FileSource, allowance: WriteAllowance): RecordedFile {
    // The facts may come right behind the streams.
    const personName = () => this.#told.nameOf(connectionId);
    this.#files.begin(connectionId, personName());
    return openFile(this.#context, {
      recordingId: this.recordingId,
      ...{ connectionId, personName, source, allowance },
      wallAheadMs: this.#found.wallAheadMs ?? 0,
      mayWrite: () => !this.#ownership.isDoubtful,
      onChange: () => this.#keeper.hurry(),
      onProblem: (code, message) => this.noteProblem(code, message),
    });
  }

  /** What cannot be done now is done when the SFU asks for it again, or when the recording ends. */
  #dismiss(fact: Extract<Fact, { type: 'consent' }>): void {
    this.#owesRefusal = true;
    this.#leave(answeredFor(fact), fact.erase ?? false, fact.atMs).then(
      () => this.#keeper.touch(),
      (cause: Error) => this.noteProblem('internal', `Of ${fact.connectionId}: ${cause.message}`),
    );
  }

  /** @throws Fault `recording-owned` */
  async #leave(connectionIds: readonly string[], erase: boolean, untilMs?: number): Promise<void> {
    if (this.#ownership.isDoubtful && !(await this.#ownership.isOurs())) throw new Fault('recording-owned');
    const then = async (): Promise<void> => {
      if (!erase) return;
      const erased = await this.#files.erase(connectionIds);
      this.#keepFiles(({ connectionId }) => !erased.has(connectionId));
    };
    await this.#people.leave(connectionIds, this.startedAtMs, then, untilMs);
  }

  #keepFiles(isKept: (file: ManifestFile) => boolean): void {
    this.#files.keep(isKept);
    this.#people.keepFiles(isKept);
  }

  /** On the SFU's clock, as all that a manifest tells. */
  #nowMs(): number {
    return this.#context.clocks.now().sfuMs;
  }

  async #letGo(): Promise<void> {
    this.#state = { is: 'lost' };
    this.#context.log.error('ownership-lost', { recordingId: this.recordingId });
    const letting = this.#people.abandon();
    this.#onOwnershipLost();
    await letting;
  }
}
