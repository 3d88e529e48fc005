import { SignJWT } from 'jose';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { type ErrorBody, errorBodySchema } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import type { Source } from '#protocol/people.ts';
import { openReply } from '#protocol/reply.ts';
import {
  type Notice,
  type NoticeName,
  notices,
  type RequestName,
  type RequestParams,
  type RequestResult,
  requests,
} from '#protocol/signalling.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { vouchFor } from '#service/front-door.ts';
import { rtpCapabilities, rtpParametersOf } from './browser-offer.ts';
import { JOIN_SECRET, RECORDER_TOKEN, type TestSfu } from './test-sfu.ts';
import { until } from './until.ts';

/** A token as the archive makes it, at the time of the test's clock. */
export function makeToken(
  claims: Record<string, unknown>,
  nowMs: number,
  { secret = JOIN_SECRET, lifetimeS = 3600, algorithm = 'HS256' } = {},
): Promise<string> {
  const issuedAtS = Math.floor(nowMs / 1000);
  return new SignJWT({ ...claims, iat: issuedAtS, exp: issuedAtS + lifetimeS })
    .setProtectedHeader({ alg: algorithm })
    .sign(new TextEncoder().encode(secret));
}

/**
 * Opens a socket. The answer is the socket, or the error with which it was refused.
 * @param prepare gets the socket before anything is said on it
 */
export function connect(
  url: string,
  auth: object,
  extraHeaders: Record<string, string> = {},
  prepare?: (socket: Socket) => void,
): Promise<Socket | ErrorBody> {
  const options = { transports: ['websocket'], forceNew: true, reconnection: false };
  const socket = io(url, { auth, extraHeaders, ...options });
  prepare?.(socket);
  onTestFinished(() => {
    socket.close();
  });
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      const body = errorBodySchema.safeParse(error.data);
      if (body.success) resolve(body.data);
      else reject(error);
    });
  });
}

const PERSON_KEY_LENGTH = 32;
type JoinConsent = RequestParams<'join'>['consent'];
type Somebody = Partial<JoinClaims> & { key?: string };

/** A page without a browser: a real socket, with what it was told. */
export class TestParticipant {
  readonly socket: Socket;
  readonly connectionId: string;
  readonly #personKey: string;
  readonly #notices: { name: string; data: unknown }[] = [];

  /**
   * @param claims and the key of their browser: everybody has their own, unless it is said
   * @param address that the front door vouches for; without one they are on this machine
   */
  static async open(
    sfu: TestSfu,
    { key, ...claims }: Somebody = {},
    address?: string,
  ): Promise<TestParticipant> {
    const all: JoinClaims = {
      meeting: 'm1',
      role: 'participant',
      name: 'Pat',
      connectionId: 'pat',
      ...claims,
    };
    const token = await makeToken(all, sfu.clock.nowMs());
    const headers = address === undefined ? {} : vouchFor(address, RECORDER_TOKEN);
    const socket = await connect(sfu.url, { token, version: PROTOCOL_VERSION }, headers);
    if (!('emit' in socket)) throw new Error(`refused: ${socket.code}`);
    return new TestParticipant(socket, all.connectionId, key ?? all.connectionId);
  }

  /** In the meeting, with a transport to send on. */
  static async join(
    sfu: TestSfu,
    claims: Somebody = {},
    consent?: JoinConsent,
    address?: string,
  ): Promise<TestParticipant> {
    const participant = await TestParticipant.open(sfu, claims, address);
    await participant.enter(consent);
    return participant;
  }

  /** What joining, or coming back, answered last. */
  snapshot: RequestResult<'join'> | undefined;

  private constructor(socket: Socket, connectionId: string, key: string) {
    this.socket = socket;
    this.connectionId = connectionId;
    this.#personKey = key.replaceAll(' ', '-').padEnd(PERSON_KEY_LENGTH, '-').slice(0, PERSON_KEY_LENGTH);
    socket.onAny((name: string, data: unknown) => this.#notices.push({ name, data }));
  }

  async enter(consent?: JoinConsent): Promise<void> {
    const personKey = this.#personKey;
    this.snapshot = await this.ask('join', { rtpCapabilities, personKey, ...(consent && { consent }) });
  }

  get ticket(): string {
    return this.snapshot?.ticket ?? '';
  }

  /** Loses the socket without a word. */
  async lose(): Promise<void> {
    this.socket.disconnect();
    await until(`${this.connectionId} is disconnected`, () => this.socket.disconnected);
  }

  /** @throws Fault of the reply */
  async ask<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    return openReply(requests[name].result, await this.raw(name, params)) as RequestResult<N>;
  }

  /** The bare reply to whatever is sent. */
  raw(...message: [string, ...unknown[]]): Promise<unknown> {
    return this.socket.timeout(5000).emitWithAck(...message);
  }

  /** Sends a source, over a transport that it opens first. Answers the producer's id. */
  async send(source: Source, { paused = false, layers = 1 } = {}): Promise<string> {
    this.#transportId ??= (await this.ask('createTransport', { direction: 'send' })).transport.id;
    const rtpParameters = rtpParametersOf(source, layers);
    const params = { transportId: this.#transportId, source, rtpParameters, paused };
    return (await this.ask('produce', params)).producerId;
  }

  /** The server has replaced its media: the next source is sent over a new transport. */
  forgetTransports(): void {
    this.#transportId = undefined;
  }

  #transportId: string | undefined;

  /** Every notice of this name so far, parsed. */
  heard<N extends NoticeName>(name: N): Notice<N>[] {
    return this.#notices
      .filter((notice) => notice.name === name)
      .map(({ data }) => notices[name].parse(data) as Notice<N>);
  }

  /** The states of the recording, in the order in which they were told. */
  get recordingStates(): string[] {
    return this.heard('recordingChanged').map(({ recording }) => recording.status);
  }

  async untilRecording(status: string): Promise<void> {
    await until(`${this.connectionId} is told ${status}`, () => this.recordingStates.at(-1) === status);
  }
}
