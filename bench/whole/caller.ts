import type { Socket } from 'socket.io-client';
import { mintToken, openSocket } from '#e2e/testing/tokens.ts';
import { Fault } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import { kindOf, type Source } from '#protocol/people.ts';
import { openReply } from '#protocol/reply.ts';
import { type RequestName, type RequestParams, type RequestResult, requests } from '#protocol/signalling.ts';
import { rtpCapabilities, rtpParametersOf } from '#sfu/testing/browser-offer.ts';
import { AUDIO, VIDEO } from '../sender-messages.ts';
import type { SoakSystem } from '../soak/system.ts';

const ANSWER_LIMIT_MS = 30_000;

/** Somebody in a meeting, who agrees to be recorded. What they send comes from a sender, what they receive goes to a sink. */
export class Caller {
  readonly #socket: Socket;
  readonly #producerIds: readonly string[];
  /** Where the media server takes what they send. */
  readonly door: number;

  /** In the meeting, with camera and microphone. @throws Fault when the meeting does not let them in */
  static async join(system: SoakSystem, claims: JoinClaims): Promise<Caller> {
    const socket = await openSocket(system.sfuUrl, { token: await mintToken(system.joinSecret, claims) });
    if (!('emit' in socket)) throw new Fault(socket.code, socket.message);
    const { recording } = await ask(socket, 'hello', {});
    const isRecorded = recording.status !== 'off';
    await ask(socket, 'join', { rtpCapabilities, ...(isRecorded && { consent: 'accepted' }) });
    const { id: transportId } = (await ask(socket, 'createTransport', { direction: 'send' })).transport;
    const door = await system.openDoor(transportId);
    const producerIds: string[] = [];
    for (const source of ['microphone', 'camera'] as const) {
      const params = { transportId, source, rtpParameters: sentAs(source), paused: false };
      producerIds.push((await ask(socket, 'produce', params)).producerId);
    }
    return new Caller(socket, door, producerIds);
  }

  private constructor(socket: Socket, door: number, producerIds: readonly string[]) {
    this.#socket = socket;
    this.#producerIds = producerIds;
    this.door = door;
  }

  /** Sees and hears them. @param sink the port that it goes to */
  async watch(others: readonly Caller[], system: SoakSystem, sink: number): Promise<void> {
    const { transport } = await ask(this.#socket, 'createTransport', { direction: 'receive' });
    await system.openDoor(transport.id, sink);
    for (const producerId of others.flatMap((other) => other.#producerIds)) {
      const { consumerId } = await ask(this.#socket, 'consume', { producerId });
      await ask(this.#socket, 'resumeConsumer', { consumerId });
    }
  }

  async startRecording(): Promise<void> {
    await ask(this.#socket, 'startRecording', {});
    await ask(this.#socket, 'answerConsent', { answer: 'accepted' });
  }

  hangUp(): void {
    this.#socket.disconnect();
  }
}

async function ask<N extends RequestName>(
  socket: Socket,
  name: N,
  params: RequestParams<N>,
): Promise<RequestResult<N>> {
  const reply: unknown = await socket.timeout(ANSWER_LIMIT_MS).emitWithAck(name, params);
  return openReply(requests[name].result, reply) as RequestResult<N>;
}

/** Each person has a door of their own, so all may send the same. */
function sentAs(source: Source): RequestParams<'produce'>['rtpParameters'] {
  const { ssrc } = kindOf(source) === 'video' ? VIDEO : AUDIO;
  return { ...rtpParametersOf(source), encodings: [{ ssrc }] };
}
