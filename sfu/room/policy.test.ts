import { expect, test } from 'vitest';
import { Fault } from '../../protocol/errors.ts';
import { type RequestName, requests } from '../../protocol/signalling.ts';
import { checkPermission } from './policy.ts';

/** What each request answers in the lobby, to a participant and to the host; the host in the lobby is no host yet. */
const table: Record<RequestName, [lobby: string, participant: string, host: string]> = {
  hello: ['ok', 'ok', 'ok'],
  join: ['ok', 'ok', 'ok'],
  leave: ['ok', 'ok', 'ok'],
  createTransport: ['not-joined', 'ok', 'ok'],
  connectTransport: ['not-joined', 'ok', 'ok'],
  restartIce: ['not-joined', 'ok', 'ok'],
  produce: ['not-joined', 'ok', 'ok'],
  setProducerPaused: ['not-joined', 'ok', 'ok'],
  closeProducer: ['not-joined', 'ok', 'ok'],
  consume: ['not-joined', 'ok', 'ok'],
  resumeConsumer: ['not-joined', 'ok', 'ok'],
  pauseConsumer: ['not-joined', 'ok', 'ok'],
  answerConsent: ['not-joined', 'ok', 'ok'],
  startRecording: ['not-joined', 'not-host', 'ok'],
  stopRecording: ['not-joined', 'not-host', 'ok'],
};

test.each(Object.keys(requests) as RequestName[])('%s: who may ask', (request) => {
  const answer = (joined: boolean, role: 'host' | 'participant'): string => {
    try {
      checkPermission(request, { joined, role });
      return 'ok';
    } catch (cause) {
      return Fault.from(cause).code;
    }
  };
  const [lobby, participant, host] = table[request];
  expect([answer(false, 'participant'), answer(false, 'host')]).toEqual([lobby, lobby]);
  expect(answer(true, 'participant')).toBe(participant);
  expect(answer(true, 'host')).toBe(host);
});
