import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import type { Role } from '#protocol/people.ts';
import { type RequestName, requests } from '#protocol/signalling.ts';
import { checkPermission } from './policy.ts';

type Row = [lobby: string, participant: string, host: string, owner: string];

const everybody: Row = ['ok', 'ok', 'ok', 'ok'];
const joined: Row = ['not-joined', 'ok', 'ok', 'ok'];
const host: Row = ['not-joined', 'not-host', 'ok', 'not-host'];
const owner: Row = ['not-joined', 'not-host', 'not-host', 'ok'];

/**
 * What each request answers in the lobby; to a participant; to a host whose token says participant; and to a participant
 * whose token says host. Nobody is host in the lobby yet.
 */
const table: Record<RequestName, Row> = {
  hello: everybody,
  join: everybody,
  resume: everybody,
  leave: everybody,
  createTransport: joined,
  connectTransport: joined,
  restartIce: joined,
  produce: joined,
  setProducerPaused: joined,
  closeProducer: joined,
  consume: joined,
  resumeConsumer: joined,
  pauseConsumer: joined,
  setVisibleVideos: joined,
  answerConsent: joined,
  sendChat: joined,
  raiseHand: joined,
  answerHostOffer: joined,
  reclaimHost: owner,
  startRecording: host,
  stopRecording: host,
  pausePerson: host,
  removePerson: host,
  lowerHand: host,
  setAdmission: host,
  admit: host,
  refuse: host,
  renameMeeting: host,
  handOverHost: host,
  endMeeting: host,
};

test.each(Object.keys(requests) as RequestName[])('%s: who may ask', (request) => {
  const answer = (isIn: boolean, role: Role, tokenRole: Role): string => {
    try {
      checkPermission(request, { joined: isIn, role, tokenRole });
      return 'ok';
    } catch (cause) {
      return Fault.from(cause).code;
    }
  };
  const [inLobby, participant, givenHost, formerHost] = table[request];
  expect(answer(false, 'participant', 'participant')).toBe(inLobby);
  expect(answer(false, 'host', 'host')).toBe(inLobby);
  expect(answer(true, 'participant', 'participant')).toBe(participant);
  expect(answer(true, 'host', 'participant')).toBe(givenHost);
  expect(answer(true, 'participant', 'host')).toBe(formerHost);
});
