import type { Socket } from 'socket.io-client';
import { mintToken, openSocket } from '#e2e/testing/tokens.ts';
import { Fault } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import { kindOf, type Source } from '#protocol/people.ts';
import { openReply } from '#protocol/reply.ts';
import { type RequestName, type RequestParams, type RequestResult, requests } from '#protocol/signalling.ts';
import { systemClock } from '#service/clock.ts';
import { rtpCapabilities, rtpParametersOf } from '#sfu/testing/browser-offer.ts';
import { type Media, quiet } from '../media.ts';
import type { Diary } from './diary.ts';
import { PlainSender } from './plain-sender.ts';
import type { Random } from './random.ts';
import type { SoakSystem } from './system.ts';

const ANSWER_LIMIT_MS = 20_000;

/** Most people have both. */
const BOTH: readonly Source[] = ['microphone', 'camera'];
const DEVICES: readonly [readonly Source[], ...(readonly Source[])[]] = [
  ...([BOTH, BOTH, BOTH] as const),
  ['microphone'],
  ['camera'],
];

export interface SoakPersonOptions {
  system: SoakSystem;
  diary: Diary;
  media: Media;
  random: Random;
  claims: JoinClaims;
}

interface Sent {
  producerId: string;
  ssrc: number;
  isPaused: boolean;
}

/** Somebody in a meeting without a browser: real signalling, and plain RTP through a door. */
export class SoakPerson {
  readonly #options: SoakPersonOptions;
  readonly #willAccept: boolean;
  readonly #talks: boolean;
  readonly #sent = new Map<Source, Sent>();
  #socket: Socket | undefined;
  #ticket = '';
  #transportId = '';
  #sender: PlainSender | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isGone = false;

  /** In the meeting, with camera, microphone, or both. @throws Fault when the meeting does not let them in */
  static async join(options: SoakPersonOptions): Promise<SoakPerson> {
    const person = new SoakPerson(options);
    try {
      await person.#enter();
      for (const source of options.random.pick(DEVICES)) await person.send(source);
      return person;
    } catch (cause) {
      person.vanish();
      throw cause;
    }
  }

  private constructor(options: SoakPersonOptions) {
    this.#options = options;
    this.#willAccept = options.claims.role === 'host' || options.random.isTrue(0.9);
    this.#talks = options.random.isTrue(0.3);
  }

  get connectionId(): string {
    return this.#options.claims.connectionId;
  }

  sends(source: Source): boolean {
    return this.#sent.has(source);
  }

  /** One request after another, as of somebody with one pair of hands. */
  ask<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    return this.#inTurn(() => this.#request(name, params));
  }

  async send(source: Source): Promise<void> {
    const rtpParameters = rtpParametersOf(source);
    const params = { transportId: this.#transportId, source, rtpParameters, paused: false };
    const { producerId } = await this.ask('produce', params);
    const [codec] = rtpParameters.codecs;
    const ssrc = rtpParameters.encodings?.[0]?.ssrc;
    if (!codec || ssrc === undefined) throw new Error(`nothing is offered for ${source}`);
    const sound = this.#talks ? this.#options.media.audio : quiet();
    const items = kindOf(source) === 'video' ? this.#options.media.video : sound;
    this.#sender?.add({ ssrc, payloadType: codec.payloadType, clockRate: codec.clockRate, items });
    this.#sent.set(source, { producerId, ssrc, isPaused: false });
  }

  /** Mute or camera off, or back on. */
  async toggle(source: Source): Promise<void> {
    const sent = this.#sent.get(source);
    if (!sent) return;
    sent.isPaused = !sent.isPaused;
    this.#sender?.pause(sent.ssrc, sent.isPaused);
    await this.ask('setProducerPaused', { producerId: sent.producerId, paused: sent.isPaused });
  }

  async stopSending(source: Source): Promise<void> {
    const sent = this.#sent.get(source);
    if (!sent) return;
    this.#sent.delete(source);
    this.#sender?.remove(sent.ssrc);
    await this.ask('closeProducer', { producerId: sent.producerId });
  }

  /** Loses the socket, media going on, and comes back to the session over another one. */
  loseSocket(whileAway: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      const away = { fromMs: systemClock.nowMs(), toMs: Number.POSITIVE_INFINITY };
      const { away: all } = this.#options.diary;
      all.set(this.connectionId, [...(all.get(this.connectionId) ?? []), away]);
      this.#socket?.disconnect();
      await whileAway();
      await this.#connect(this.#ticket);
      this.#ticket = (await this.#request('resume', { ticket: this.#ticket })).ticket;
      away.toMs = systemClock.nowMs();
    });
  }

  /** Resolves when every file is complete. */
  stopRecording(recordingId: string): Promise<void> {
    const { diary } = this.#options;
    return this.#inTurn(() =>
      diary.note(diary.stopped, recordingId, () => this.#request('stopRecording', {})),
    );
  }

  leave(): Promise<void> {
    const { diary } = this.#options;
    return this.#inTurn(() =>
      diary
        .note(diary.left, this.connectionId, () => this.#request('leave', {}))
        .finally(() => this.vanish()),
    );
  }

  /** Gone without a word: whoever is left finds out by themselves. */
  vanish(): void {
    this.#isGone = true;
    this.#sender?.close();
    this.#socket?.disconnect();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    // Asked for while they were leaving: nobody answers any more.
    if (!this.#socket || this.#isGone) throw new Fault('session-over');
    const reply: unknown = await this.#socket.timeout(ANSWER_LIMIT_MS).emitWithAck(name, params);
    return openReply(requests[name].result, reply) as RequestResult<N>;
  }

  async #enter(): Promise<void> {
    await this.#connect(undefined);
    const { recording } = await this.ask('hello', {});
    const consent = recording.status === 'off' ? undefined : this.#answer();
    const { ticket } = await this.ask('join', { rtpCapabilities, ...(consent && { consent }) });
    this.#ticket = ticket;
    this.#transportId = (await this.ask('createTransport', { direction: 'send' })).transport.id;
    this.#sender = await PlainSender.open(await this.#options.system.openDoor(this.#transportId));
  }

  async #connect(ticket: string | undefined): Promise<void> {
    const { claims, diary, system } = this.#options;
    const token = await mintToken(system.joinSecret, claims);
    const socket = await openSocket(system.sfuUrl, { token, ...(ticket && { ticket }) });
    if (!('emit' in socket)) throw new Fault(socket.code, socket.message);
    this.#socket = socket;
    socket.on('consentChanged', ({ consent }: { consent?: string }) => {
      if (consent !== 'pending') return;
      const answer = this.#answer();
      diary.attempt(`answer ${answer}`, async () => void (await this.ask('answerConsent', { answer })));
    });
  }

  #answer(): 'accepted' | 'declined' {
    if (!this.#willAccept) this.#options.diary.declined.add(this.connectionId);
    return this.#willAccept ? 'accepted' : 'declined';
  }
}
