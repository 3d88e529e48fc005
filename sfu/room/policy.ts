import { Fault } from '#protocol/errors.ts';
import type { Role } from '#protocol/people.ts';
import type { RequestName } from '#protocol/signalling.ts';

/**
 * Who may ask: `anyone` with a token, `joined` people, the joined `host`, or a joined `owner`, whose token says host
 * whoever has the role now.
 */
const permissions = {
  hello: 'anyone',
  join: 'anyone',
  resume: 'anyone',
  leave: 'anyone',
  createTransport: 'joined',
  connectTransport: 'joined',
  restartIce: 'joined',
  produce: 'joined',
  setProducerPaused: 'joined',
  closeProducer: 'joined',
  consume: 'joined',
  resumeConsumer: 'joined',
  pauseConsumer: 'joined',
  setVisibleVideos: 'joined',
  answerConsent: 'joined',
  sendChat: 'joined',
  raiseHand: 'joined',
  answerHostOffer: 'joined',
  reclaimHost: 'owner',
  startRecording: 'host',
  stopRecording: 'host',
  pausePerson: 'host',
  removePerson: 'host',
  lowerHand: 'host',
  setAdmission: 'host',
  admit: 'host',
  refuse: 'host',
  renameMeeting: 'host',
  handOverHost: 'host',
  endMeeting: 'host',
} as const satisfies Record<RequestName, 'anyone' | 'joined' | 'host' | 'owner'>;

export interface Caller {
  joined: boolean;
  /** As it is now. */
  role: Role;
  /** What the token says. */
  tokenRole: Role;
}

/** @throws Fault `not-joined`, `not-host` */
export function checkPermission(request: RequestName, caller: Caller): void {
  const needed = permissions[request];
  if (needed === 'anyone') return;
  if (!caller.joined) throw new Fault('not-joined');
  if (needed === 'host' && caller.role !== 'host') throw new Fault('not-host');
  if (needed === 'owner' && caller.tokenRole !== 'host') throw new Fault('not-host');
}
