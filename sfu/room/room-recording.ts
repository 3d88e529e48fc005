import { type ErrorBody, type ErrorCode, Fault } from '#protocol/errors.ts';
import type { OwnRecording } from '#protocol/meeting-state.ts';
import type { Consent } from '#protocol/people.ts';
import type { FactBody } from '#protocol/recorder.ts';
import type { FileProgress, RecordingState } from '#protocol/recording-state.ts';
import type { RequestParams } from '#protocol/signalling.ts';
import type { Announcer } from './announcer.ts';
import { Answers, type EarlierAnswer } from './answers.ts';
import { marksIn } from './marks.ts';
import type { Member, Members, Newcomer } from './members.ts';
import { hasBytesOnDisk } from './progress.ts';
import { ProgressBoard } from './progress-board.ts';
import type { RoomEvent, Unrecording } from './room-event.ts';
import { Speakers } from './speakers.ts';

export interface RoomRecordingOptions {
  members: Members;
  announcer: Announcer;
  nowMs(): number;
  /** How the recording stands: its machine says (sfu/recording/recording-machine.ts). */
  recording(): RecordingState;
  emit(event: RoomEvent): void;
}

type JoinAnswer = RequestParams<'join'>['consent'];

/** What may be recorded of a room: consent, who is recorded, and what everybody is told of it. */
export class RoomRecording {
  readonly #options: RoomRecordingOptions;
  #speakers = new Speakers();
  /** To the running recording. */
  #answers = new Answers('', () => false);
  readonly #recorded = new Set<string>();
  readonly #board: ProgressBoard;

  constructor(options: RoomRecordingOptions) {
    this.#options = options;
    this.#board = new ProgressBoard({
      ...options,
      consentOf: (connectionId) => this.consentOf(connectionId),
    });
  }

  /** As it is to be sent now: the elapsed time counts until this call. */
  get state(): RecordingState {
    return this.#options.recording();
  }

  /** Files of those who are recorded grow: of somebody who has just withdrawn there may still be one. */
  get isLit(): boolean {
    return hasBytesOnDisk(this.#board.files.filter(({ connectionId }) => this.#recorded.has(connectionId)));
  }

  consentOf(connectionId: string): Consent | undefined {
    return this.#isOn ? this.#answers.of(connectionId) : undefined;
  }

  isRecorded(connectionId: string): boolean {
    return this.#recorded.has(connectionId);
  }

  /** What this person's page shows of them; undefined while no recording is on. */
  own(connectionId: string): OwnRecording | undefined {
    return this.#isOn ? this.#board.own(connectionId) : undefined;
  }

  fact(fact: FactBody): void {
    if (this.#isOn) this.#options.emit({ type: 'fact', fact });
  }

  /** A recording begins. @param by who pressed Record, and has agreed by that */
  begin(recordingId: string, by: string): void {
    this.#begin(recordingId, [], by);
  }

  /** One that is being made already, begun by a server process before this one, with the answers given to it. */
  takeUp(recordingId: string, answers: readonly EarlierAnswer[]): void {
    this.#begin(recordingId, answers);
    this.fact({ type: 'epoch' });
  }

  /**
   * The answer that somebody comes in with; undefined while none is needed. Neither a role nor a token is one.
   * @param answer `pending`: they want to be asked when they are in
   * @throws Fault `consent-needed`
   */
  consentOnJoining(newcomer: Newcomer, answer: JoinAnswer): Consent | undefined {
    if (!this.#asks) return undefined;
    const said = answer === 'pending' ? undefined : answer;
    const known = this.#answers.knownOf(newcomer);
    const before = this.#options.members.find(newcomer.connectionId);
    // Another window has not agreed by taking the place of one that did: only over a lost connection is it the same page.
    const holds = known === 'accepted' && before?.isReplaced ? undefined : known;
    const consent = said ?? holds ?? answer;
    if (!consent) throw new Fault('consent-needed');
    return consent;
  }

  /** Somebody is in, for the manifest. */
  joinedFact({ connectionId, marks, name, role }: Member): void {
    const { state } = this;
    if (state.status === 'off') return;
    const known = marksIn(state.recordingId, marks);
    this.fact({ type: 'joined', connectionId, name, role, ...(known.length > 0 && { marks: known }) });
  }

  /** Their connection is lost, or back: until when somebody was there who does not return. */
  awayFact({ connected, connectionId }: Member): void {
    this.fact({ type: 'away', connectionId, away: !connected });
  }

  joined(member: Member, consent: Consent | undefined): void {
    const isNew = this.#answers.knownOf(member) !== consent;
    if (consent === 'declined' && isNew) this.#refuse(member, consent, false);
    else if (consent) this.#set(member, consent);
    this.#board.knows(member.connectionId, this.own(member.connectionId));
  }

  left(connectionId: string, reason: 'left' | 'lost'): void {
    this.#unrecord(connectionId, { reason, erase: false });
    this.#answers.left(connectionId);
    this.#board.left(connectionId);
  }

  /**
   * A "no" holds for every page of the person, and erases what was recorded of them over any connection.
   * @returns the connections that it is about
   * @throws Fault `recording-off`, `not-joined`, `bad-request`
   */
  answer(
    connectionId: string,
    answer: 'accepted' | 'declined' | 'withdrawn',
    erase: boolean | undefined,
  ): string[] {
    const member = this.#options.members.get(connectionId);
    if (!this.#asks) throw new Fault('recording-off');
    if (erase && answer !== 'withdrawn') {
      throw new Fault('bad-request', 'erase: goes with a withdrawal only');
    }
    if (answer === 'accepted') this.#set(member, answer);
    const about = answer === 'accepted' ? [connectionId] : this.#refuse(member, answer, erase ?? false);
    this.#tellOwn();
    return about;
  }

  /** What this person sends has changed. */
  refresh(member: Member): void {
    const { connectionId } = member;
    if (!this.#recorded.has(connectionId)) return;
    this.#options.emit({ type: 'record', connectionId, producers: [...member.producers.values()] });
  }

  /** Its status is another one. */
  changed(): void {
    this.#options.announcer.everyone({ name: 'recordingChanged', data: { recording: this.state } });
  }

  /** The recorder says how its files stand. @returns whether the light is to be lit */
  heartbeat(files: readonly FileProgress[]): boolean {
    this.#board.files = files;
    return this.isLit;
  }

  /** Everybody is told what they do not know yet. */
  progressed(): void {
    this.#tellOwn();
    this.#board.tellHost();
  }

  /** The recorder is gone or hangs: nothing is being written for anybody. */
  stalled(): void {
    this.#board.stall();
    this.progressed();
  }

  /** Undefined: this person, or what was not recorded of them, is recorded again. */
  problem(connectionId: string, code: ErrorCode | undefined): void {
    if (this.#board.problem(connectionId, code)) this.#tellOwn();
  }

  /** The recording is over. @param error why, when nobody asked for it */
  over(error?: ErrorBody): void {
    const { announcer } = this.#options;
    this.#recorded.clear();
    announcer.joined({ name: 'consentChanged', data: {} });
    announcer.joined({ name: 'ownRecordingChanged', data: {} });
    this.#board.clear();
    if (error) announcer.joined({ name: 'problem', data: { error } });
  }

  /** @param loudest who was heard in the last interval, loudest first */
  heard(loudest: readonly string[]): void {
    // Who is not recorded does not appear in the recording's timeline either.
    const recorded = loudest.filter((connectionId) => this.#recorded.has(connectionId));
    const speaking = this.#speakers.update(recorded, this.#options.nowMs());
    if (speaking) this.fact({ type: 'speakers', connectionIds: [...speaking] });
  }

  get #isOn(): boolean {
    return this.state.status !== 'off';
  }

  /** Whether an answer means anything now. */
  get #asks(): boolean {
    return this.#isOn && this.state.status !== 'stopping';
  }

  #begin(recordingId: string, earlier: readonly EarlierAnswer[], by?: string): void {
    const { announcer, members } = this.#options;
    this.#speakers = new Speakers();
    this.#answers = new Answers(recordingId, (connectionId) => members.has(connectionId));
    for (const answer of earlier) this.#answers.takeUp(answer);
    for (const member of members.all) {
      this.joinedFact(member);
      if (!member.connected) this.awayFact(member);
    }
    // Pressing Record is that person's own consent; everybody else is asked [D10].
    for (const member of members.all) {
      const isPresser = member.connectionId === by;
      const consent = isPresser ? 'accepted' : (this.#answers.knownOf(member) ?? 'pending');
      this.#set(member, consent);
      announcer.one(member.connectionId, { name: 'consentChanged', data: { consent } });
    }
    this.#tellOwn();
  }

  /** @returns the connections of the person, their own last: the latest answer is theirs */
  #refuse(member: Member, answer: 'declined' | 'withdrawn', erase: boolean): string[] {
    const { announcer, members } = this.#options;
    const { connectionId } = member;
    const all = this.#answers.othersOf(member);
    const others = all.filter((other) => this.#refuseToo(other, answer, erase));
    const isNew = this.#answers.of(connectionId) !== answer;
    this.#answers.set(member, answer);
    const about = { ...(others.length > 0 && { others }), ...(answer === 'withdrawn' && { erase }) };
    if (erase || isNew || others.length > 0)
      this.fact({ type: 'consent', connectionId, consent: answer, ...about });
    for (const one of [...others, connectionId]) {
      if (erase) this.#erase(one);
      else this.#unrecord(one, { reason: 'withdrawn', erase });
      // The answer to them may take a while: it comes when everything is erased.
      const isTold = one === connectionId ? erase : members.has(one);
      if (isTold) announcer.one(one, { name: 'consentChanged', data: { consent: answer } });
    }
    return [...all, connectionId];
  }

  /** Another connection of the same person. Answers whether there is anything to be done about it. */
  #refuseToo(connectionId: string, answer: 'declined' | 'withdrawn', erase: boolean): boolean {
    const other = this.#options.members.find(connectionId);
    if (!other) return this.#answers.refuseGone(connectionId, answer, erase) && erase;
    const before = this.#answers.of(connectionId);
    if (!erase && (before === answer || before === 'withdrawn')) return false;
    this.#answers.set(other, answer);
    return true;
  }

  #set(member: Member, consent: Consent): void {
    const { connectionId } = member;
    const isNew = this.#answers.of(connectionId) !== consent;
    this.#answers.set(member, consent);
    if (isNew) this.fact({ type: 'consent', connectionId, consent });
    if (consent === 'accepted') {
      this.#recorded.add(connectionId);
      this.refresh(member);
    } else {
      this.#unrecord(connectionId, { reason: 'withdrawn', erase: false });
    }
  }

  /** What exists over this connection, whether it is recorded now or was before. */
  #erase(connectionId: string): void {
    this.#recorded.delete(connectionId);
    this.#options.emit({ type: 'unrecord', connectionId, reason: 'withdrawn', erase: true });
  }

  #unrecord(connectionId: string, why: Unrecording): void {
    if (!this.#recorded.delete(connectionId)) return;
    this.#options.emit({ type: 'unrecord', connectionId, ...why });
  }

  #tellOwn(): void {
    if (this.#isOn) this.#board.tellOwn();
  }
}
