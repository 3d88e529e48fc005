import { Fault } from '#protocol/errors.ts';
import { connectionOf } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import type { FileSource } from '#protocol/people.ts';
import {
  answeredFor,
  type Fact,
  type KeptDoors,
  type RecorderCommandParams,
  type RecorderCommandResult,
} from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { inTime } from '#service/in-time.ts';
import type { Ownership } from '#store/ownership.ts';
import type { WriteAllowance } from '../file/allowances.ts';
import type { RecordedFile } from '../file/recorded-file.ts';
import type { PersonRecorder } from '../person/person-recorder.ts';
import type { IngestCounters } from '../person/stage-counts.ts';
import { openFile, openPerson } from '../pipeline.ts';
import type { SessionContext } from '../session-context.ts';
import { ManifestKeeper } from '../storage/manifest-keeper.ts';
import { repairedFiles } from '../storage/repair-recording.ts';
import { inWallTime } from '../storage/wall-time.ts';
import { lastPresenceMs } from './absences.ts';
import { eraseWhatIsDue, isRefusal } from './erasures.ts';
import { FileLimits } from './file-limits.ts';
import { OwnershipWatch } from './ownership-watch.ts';
import { ProblemLog } from './problem-log.ts';
import { SessionPeople } from './session-people.ts';
import { listedFiles } from './thinned-files.ts';
import { ToldFacts } from './told-facts.ts';

/** At the end the disk is asked once more whose folder it is; one that does not answer has not given it to anybody else. */
const OWNER_WITHIN_MS = 300;

type End = NonNullable<Manifest['stopReason']>;

/** One recording being made: people, their files, the manifest. Owns its folder until it is closed. */
export class RecordingSession {
  readonly recordingId: string;
  readonly #context: SessionContext;
  readonly #ownership: OwnershipWatch;
  readonly #people = new SessionPeople();
  readonly #told: ToldFacts;
  readonly #problems: ProblemLog;
  readonly #fileLimits: FileLimits;
  readonly #keeper: ManifestKeeper;
  readonly #onOwnershipLost: () => void;
  #manifest: Manifest;
  #closing: Promise<void> | undefined;
  #repairing: Promise<void> = Promise.resolve();
  /** Whose files were erased: a repair that was under way does not bring them back. */
  readonly #erased = new Set<string>();
  /** Of whom there may be files on disk: of nobody else there is anything to erase. */
  readonly #withFiles: Set<string>;
  #seenFiles = 0;
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
    this.#manifest = manifest;
    const full = (words: string) => this.noteProblem('recording-full', words);
    this.#told = new ToldFacts(manifest, full);
    this.#problems = new ProblemLog(manifest.problems);
    this.#fileLimits = new FileLimits(manifest.files, full);
    this.#withFiles = new Set(manifest.files.map(({ connectionId }) => connectionId));
    this.#onOwnershipLost = onOwnershipLost;
    this.#keeper = new ManifestKeeper(
      context.recordings.folder(this.recordingId),
      () => this.manifest,
      () => context.onManifest(this.recordingId),
      context.log,
    );
  }

  /** As it stands now, the files being written included. */
  get manifest(): Manifest {
    const files = [...this.#manifest.files, ...this.#people.files(this.#manifest.startedAtMs)];
    const { all: problems } = this.#problems;
    return { ...this.#manifest, ...this.#told.parts, files: listedFiles(files), problems };
  }

  get lastFact(): number {
    return this.#told.last;
  }

  get startedAtMs(): number {
    return this.#manifest.startedAtMs;
  }

  /** True from Stop on: nobody comes in, nothing more is recorded, files and manifest are being completed. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
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
    for (const name of leftovers) this.#withFiles.add(connectionOf(name) ?? '');
    this.#repairing = repairedFiles(
      this.#context.recordings.folder(this.recordingId),
      // As their names are.
      inWallTime(this.#manifest),
      leftovers,
    ).then(
      ({ files, problems }) => {
        const wanted = files.filter(({ connectionId }) => !this.#erased.has(connectionId));
        this.#manifest = { ...this.#manifest, files: wanted };
        const { startedAtMs: atMs } = this.#manifest;
        for (const problem of problems) this.#problems.note({ ...problem, atMs });
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

  /** The SFU is gone: until somebody is heard of again nobody knows whether they are there. */
  sfuLost(): void {
    const { absences, parts } = this.#told;
    const inside = parts.people.filter(({ leftAtMs }) => leftAtMs === undefined);
    absences.sfuLost(
      inside.map(({ connectionId }) => connectionId),
      this.#nowMs(),
    );
  }

  /** It is the same process that we lost, with everybody as they were. */
  sfuBack(): void {
    this.#told.absences.sfuBack();
  }

  /** @throws Fault `recording-off` once it is closing, as those that follow */
  async openReceiver(connectionId: string): Promise<RecorderCommandResult<'openReceiver'>> {
    this.#mustRecord();
    const { endpoint } = await this.#people.enter(connectionId, () => this.#openPerson(connectionId));
    return { endpoint };
  }

  async connectReceiver({ connectionId, from }: RecorderCommandParams<'connectReceiver'>): Promise<void> {
    (await this.#person(connectionId)).connect(from);
  }

  /** @throws Fault `stream-unsupported` */
  async addStream({ connectionId, stream }: RecorderCommandParams<'addStream'>): Promise<void> {
    (await this.#person(connectionId)).addStream(stream);
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

  /** Whether more may lie in a socket. Asks all of them: each begins to count anew. */
  mayHoldMore = (): boolean => [...this.#people.open].filter((person) => person.mayHoldMore()).length > 0;

  tick(seenMs: number): void {
    const { clock, clocks } = this.#context;
    const nowMs = clock.nowMs();
    const seen = clocks.at(seenMs);
    const doubtful = this.#ownership.isDoubtful(nowMs);
    this.#ownership.tick(nowMs, () => this.#ownershipLost());
    for (const person of this.#people.open) person.tick(seen);
    if (doubtful) return;
    this.#keeper.tick(nowMs);
    this.#tellFirstBytes();
  }

  noteProblem(code: string, message: string): void {
    this.#problems.note({ atMs: Math.round(this.#nowMs()), code, message });
    this.#keeper.touch();
  }

  /** Completes every file, then the manifest, then lets go of the folder; of one that was taken over, at once. Memoised. */
  close(reason: End): Promise<void> {
    this.#closing ??= this.#closeOrLetGo(reason);
    return this.#closing;
  }

  async #closeOrLetGo(reason: End): Promise<void> {
    await ((await this.#isOurs()) ? this.#close(reason) : this.#letGo());
  }

  async #isOurs(): Promise<boolean> {
    const { clock } = this.#context;
    const answer = this.#ownership.isOurs();
    const isAnswered = await inTime(clock, OWNER_WITHIN_MS, answer);
    return isAnswered || this.#ownership.isDoubtful(clock.nowMs()) ? answer : true;
  }

  async #close(reason: End): Promise<void> {
    const endedMs = this.#nowMs();
    await this.#people.leaveAll(this.#manifest.startedAtMs);
    await this.#repairing;
    // What could not be erased before: only then may the manifest say that nothing more is to come.
    const { files } = await eraseWhatIsDue(this.#context.recordings, this.manifest);
    this.#keepFiles(({ name }) => files.some((file) => file.name === name));
    // The time in which nobody was there, and their return was waited for, is no part of it.
    const isDeserted = reason === 'empty' || reason === 'sfu-lost';
    const awaySinceMs = (connectionId: string) => this.#told.absences.sinceMs(connectionId);
    const stoppedAtMs = Math.round(
      isDeserted ? lastPresenceMs(this.manifest, awaySinceMs, endedMs) : endedMs,
    );
    const state = reason === 'sfu-lost' || reason === 'recorder-lost' ? 'interrupted' : 'complete';
    this.#manifest = { ...this.#manifest, state, stoppedAtMs, stopReason: reason };
    try {
      await this.#keeper.save();
    } finally {
      await this.#ownership.release();
    }
  }

  #mustRecord(): void {
    if (this.isClosing) throw new Fault('recording-off');
  }

  /** @throws Fault `recording-off`, `bad-request` */
  async #person(connectionId: string): Promise<PersonRecorder> {
    this.#mustRecord();
    const person = await this.#people.get(connectionId);
    // It may have ended while their socket was opened.
    this.#mustRecord();
    return person;
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
    this.#fileLimits.begin(connectionId, personName());
    this.#withFiles.add(connectionId);
    return openFile(this.#context, {
      recordingId: this.recordingId,
      ...{ connectionId, personName, source, allowance },
      wallAheadMs: this.#manifest.wallAheadMs ?? 0,
      mayWrite: () => !this.#ownership.isDoubtful(this.#context.clock.nowMs()),
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
    const nowMs = this.#context.clock.nowMs();
    if (this.#ownership.isDoubtful(nowMs) && !(await this.#ownership.isOurs()))
      throw new Fault('recording-owned');
    const then = async (): Promise<void> => {
      if (erase) await this.#erase(connectionIds);
    };
    await this.#people.leave(connectionIds, this.#manifest.startedAtMs, then, untilMs);
  }

  async #erase(connectionIds: readonly string[]): Promise<void> {
    const due = new Set(connectionIds.filter((id) => this.#withFiles.has(id)));
    for (const id of connectionIds) this.#erased.add(id);
    if (due.size === 0) return;
    for (const id of due) this.#withFiles.delete(id);
    try {
      await this.#context.recordings.eraseFiles(this.recordingId, due);
    } catch (cause) {
      for (const id of due) this.#withFiles.add(id);
      throw cause;
    }
    this.#keepFiles(({ connectionId }) => !due.has(connectionId));
  }

  #keepFiles(isKept: (file: ManifestFile) => boolean): void {
    this.#manifest = { ...this.#manifest, files: this.#manifest.files.filter(isKept) };
    this.#people.keepFiles(isKept);
  }

  /** On the SFU's clock, as all that a manifest tells. */
  #nowMs(): number {
    return this.#context.clocks.now().sfuMs;
  }

  /** The light goes on at the first bytes on disk: that is not left to the next heartbeat. */
  #tellFirstBytes(): void {
    let files = 0;
    for (const person of this.#people.open) files += person.filesOnDisk;
    if (files > this.#seenFiles) this.#context.onProgress();
    this.#seenFiles = files;
  }

  #ownershipLost(): void {
    this.#closing ??= this.#letGo();
  }

  /** The folder is another recorder's now: nothing of it may be touched any more. */
  async #letGo(): Promise<void> {
    this.#context.log.error('ownership-lost', { recordingId: this.recordingId });
    const letting = this.#people.abandon();
    this.#onOwnershipLost();
    await letting;
  }
}
