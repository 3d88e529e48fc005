import { Fault } from '../../protocol/errors.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import type { FileSource } from '../../protocol/people.ts';
import type { Fact, RecorderCommandParams, RecorderCommandResult } from '../../protocol/recorder.ts';
import type { FileProgress } from '../../protocol/recording-state.ts';
import { inTime } from '../../service/in-time.ts';
import { MediaSocket } from '../ingest/media-socket.ts';
import { ManifestKeeper } from '../storage/manifest-keeper.ts';
import type { Ownership } from '../storage/ownership.ts';
import { repairedFiles } from '../storage/repair-recording.ts';
import { FileLimits } from './file-limits.ts';
import { openRecordedFile } from './open-recorded-file.ts';
import { OwnershipWatch } from './ownership-watch.ts';
import { PastPeople } from './past-people.ts';
import { type IngestCounters, PersonRecorder } from './person-recorder.ts';
import { ProblemLog } from './problem-log.ts';
import type { RecordedFile } from './recorded-file.ts';
import type { SessionContext } from './session-context.ts';
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
  readonly #people = new Map<string, Promise<PersonRecorder>>();
  readonly #open = new Set<PersonRecorder>();
  readonly #past = new PastPeople();
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
  #seenFiles = 0;

  /** @param onOwnershipLost another recorder took the recording over: this one has let go of it */
  constructor(
    context: SessionContext,
    ownership: Ownership,
    manifest: Manifest,
    onOwnershipLost: () => void,
  ) {
    this.recordingId = manifest.recordingId;
    this.#context = context;
    this.#ownership = new OwnershipWatch(ownership, context.clock.nowMs(), context.log);
    this.#manifest = manifest;
    const full = (words: string) => this.noteProblem('recording-full', words);
    this.#told = new ToldFacts(manifest, full);
    this.#problems = new ProblemLog(manifest.problems);
    this.#fileLimits = new FileLimits(manifest.files, full);
    this.#onOwnershipLost = onOwnershipLost;
    this.#keeper = new ManifestKeeper(
      context.recordings.folder(this.recordingId),
      () => this.manifest,
      () => context.onManifest(this.recordingId),
    );
  }

  /** As it stands now, the files being written included. */
  get manifest(): Manifest {
    const files = [
      ...this.#manifest.files,
      ...this.#past.files,
      ...[...this.#open].flatMap((person) => person.describe(this.#manifest.startedAtMs)),
    ];
    const { all: problems } = this.#problems;
    return { ...this.#manifest, ...this.#told.parts, files: listedFiles(files), problems };
  }

  get lastFact(): number {
    return this.#told.last;
  }

  get startedAtMs(): number {
    return this.#manifest.startedAtMs;
  }

  /** True from Stop on: nothing more is recorded, files and manifest are being completed. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** People who may send. */
  get receivers(): number {
    return this.#people.size;
  }

  /** True while the person's receiver is open. */
  knows(connectionId: string): boolean {
    return this.#people.has(connectionId);
  }

  /** Writes the first manifest: from here on a crash leaves a recording that can be found and repaired. */
  save(): Promise<void> {
    return this.#keeper.save();
  }

  /** Repairs what a crash left of this recording, in the background: the new files come first (design D6). */
  repair(leftovers: string[]): void {
    if (leftovers.length === 0) return;
    this.#repairing = repairedFiles(
      this.#context.recordings.folder(this.recordingId),
      this.#manifest,
      leftovers,
    ).then(
      ({ files, problems }) => {
        const wanted = files.filter(({ connectionId }) => !this.#erased.has(connectionId));
        this.#manifest = { ...this.#manifest, files: wanted };
        for (const problem of problems) this.#problems.note(problem);
        this.#keeper.touch();
      },
      (cause: Error) =>
        this.noteProblem('internal', `Files of before the crash were not repaired: ${cause.message}`),
    );
  }

  /** Takes facts over, in order; those known already are skipped. Answers the last one taken. */
  takeFacts(facts: readonly Fact[]): number {
    for (const fact of facts) {
      if (!this.#told.take(fact) || fact.type !== 'paused') continue;
      const { connectionId, source, paused, atMs } = fact;
      for (const person of this.#open) {
        if (person.connectionId === connectionId) person.setPaused(source, paused, atMs);
      }
    }
    this.#keeper.touch();
    return this.#told.last;
  }

  async openReceiver(connectionId: string): Promise<RecorderCommandResult<'openReceiver'>> {
    const known = this.#people.get(connectionId);
    const opening = known ?? this.#openPerson(connectionId);
    this.#people.set(connectionId, opening);
    try {
      return { endpoint: (await opening).endpoint };
    } catch (cause) {
      this.#people.delete(connectionId);
      throw cause;
    }
  }

  async connectReceiver({ connectionId, from }: RecorderCommandParams<'connectReceiver'>): Promise<void> {
    (await this.#person(connectionId)).connect(from);
  }

  /** @throws Fault `stream-unsupported` */
  async addStream({ connectionId, stream }: RecorderCommandParams<'addStream'>): Promise<void> {
    (await this.#person(connectionId)).addStream(stream);
  }

  async removeStream({ connectionId, streamId }: RecorderCommandParams<'removeStream'>): Promise<void> {
    await (await this.#people.get(connectionId))?.removeStream(streamId);
  }

  /**
   * Completes the person's files, and deletes them when that is what the person wants.
   * @throws Fault `recording-owned` when another recorder has taken the recording over
   */
  async closeReceiver({ connectionId, erase }: RecorderCommandParams<'closeReceiver'>): Promise<void> {
    const nowMs = this.#context.clock.nowMs();
    if (this.#ownership.isDoubtful(nowMs) && !(await this.#ownership.isOurs(nowMs)))
      throw new Fault('recording-owned');
    const opening = this.#people.get(connectionId);
    this.#people.delete(connectionId);
    if (opening) await this.#closePerson(await opening);
    if (erase) await this.#erase(connectionId);
    await (erase ? this.#keeper.save() : this.#keeper.saveIfShort());
  }

  progress(): FileProgress[] {
    return [...this.#open].flatMap((person) => person.progress());
  }

  counters(): IngestCounters[] {
    return [this.#past, ...this.#open].map(({ counters }) => counters);
  }

  /** Whether more may lie in a socket. Asks all of them: each begins to count anew. */
  mayHoldMore = (): boolean => [...this.#open].filter((person) => person.mayHoldMore()).length > 0;

  tick(seenMs: number): void {
    const nowMs = this.#context.clock.nowMs();
    const doubtful = this.#ownership.isDoubtful(nowMs);
    this.#ownership.tick(nowMs, () => this.#ownershipLost());
    for (const person of this.#open) {
      person.hold(doubtful);
      person.tick(seenMs);
    }
    if (doubtful) return;
    this.#keeper.tick(nowMs);
    this.#tellFirstBytes();
  }

  noteProblem(code: string, message: string): void {
    this.#problems.note({ atMs: Math.round(this.#sfuNowMs()), code, message });
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
    const answer = this.#ownership.isOurs(clock.nowMs());
    const isAnswered = await inTime(clock, OWNER_WITHIN_MS, answer);
    return isAnswered || this.#ownership.isDoubtful(clock.nowMs()) ? answer : true;
  }

  async #close(reason: End): Promise<void> {
    const stoppedAtMs = Math.round(this.#sfuNowMs());
    const opening = [...this.#people.values()];
    this.#people.clear();
    const people = await Promise.allSettled(opening);
    await Promise.all(
      people.map((person) => (person.status === 'fulfilled' ? this.#closePerson(person.value) : undefined)),
    );
    await this.#repairing;
    const state = reason === 'sfu-lost' || reason === 'recorder-lost' ? 'interrupted' : 'complete';
    this.#manifest = { ...this.#manifest, state, stoppedAtMs, stopReason: reason };
    try {
      await this.#keeper.save();
    } finally {
      await this.#ownership.release();
    }
  }

  async #openPerson(connectionId: string): Promise<PersonRecorder> {
    const { clock, host, places, ports, sfuOffsetMs, transcodes } = this.#context;
    const person = await PersonRecorder.open(
      connectionId,
      {
        nowMs: () => clock.nowMs(),
        sfuOffsetMs,
        openFile: (id, source) => this.#openFile(id, source),
        transcodes,
        places,
      },
      (onDatagram) => MediaSocket.bind(host, ports, onDatagram),
    );
    this.#open.add(person);
    return person;
  }

  #openFile(connectionId: string, source: FileSource): RecordedFile {
    const personName = this.#told.nameOf(connectionId);
    this.#fileLimits.begin(connectionId, personName);
    return openRecordedFile(this.#context, {
      recordingId: this.recordingId,
      connectionId,
      personName,
      source,
      mayWrite: () => !this.#ownership.isDoubtful(this.#context.clock.nowMs()),
      onChange: () => this.#keeper.hurry(),
      onProblem: (code, message) => this.noteProblem(code, message),
    });
  }

  async #closePerson(person: PersonRecorder): Promise<void> {
    await person.close();
    if (!this.#open.delete(person)) return;
    this.#past.add(person.describe(this.#manifest.startedAtMs), person.counters);
  }

  async #erase(connectionId: string): Promise<void> {
    this.#erased.add(connectionId);
    await this.#context.recordings.eraseFiles(this.recordingId, connectionId);
    const files = this.#manifest.files.filter((file) => file.connectionId !== connectionId);
    this.#manifest = { ...this.#manifest, files };
    this.#past.erase(connectionId);
  }

  #person(connectionId: string): Promise<PersonRecorder> {
    const person = this.#people.get(connectionId);
    if (!person) throw new Fault('bad-request', `No receiver is open for ${connectionId}.`);
    return person;
  }

  #sfuNowMs(): number {
    return this.#context.clock.nowMs() + this.#context.sfuOffsetMs();
  }

  /** The light goes on at the first bytes on disk: that is not left to the next heartbeat. */
  #tellFirstBytes(): void {
    let files = 0;
    for (const person of this.#open) files += person.filesOnDisk;
    if (files > this.#seenFiles) this.#context.onProgress();
    this.#seenFiles = files;
  }

  #ownershipLost(): void {
    this.#closing ??= this.#letGo();
  }

  /** The folder is another recorder's now: nothing of it may be touched any more. */
  async #letGo(): Promise<void> {
    this.#context.log.error('ownership-lost', { recordingId: this.recordingId });
    const letting = Promise.all([...this.#open].map((person) => person.abandon()));
    this.#onOwnershipLost();
    await letting;
  }
}
