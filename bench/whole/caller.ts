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

/** Somebody in a meeting, who agrees to be recorded. What they send comes from a sender. */
export class Caller {
  readonly #socket: Socket;
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
    for (const source of ['microphone', 'camera'] as const)
      await ask(socket, 'produce', { transportId, source, rtpParameters: sentAs(source), paused: false });
    return new Caller(socket, door);
  }

  private constructor(socket: Socket, door: number) {
    this.#socket = socket;
    this.door = door;
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
