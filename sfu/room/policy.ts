import { Fault } from '../../protocol/errors.ts';
import type { Role } from '../../protocol/people.ts';
import type { RequestName } from '../../protocol/signalling.ts';

/** Who may ask: `anyone` with a token, `joined` people, or the joined `host`. */
const permissions = {
  hello: 'anyone',
  join: 'anyone',
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
  answerConsent: 'joined',
  startRecording: 'host',
  stopRecording: 'host',
} as const satisfies Record<RequestName, 'anyone' | 'joined' | 'host'>;

/** @throws Fault `not-joined`, `not-host` */
export function checkPermission(request: RequestName, caller: { joined: boolean; role: Role }): void {
  const needed = permissions[request];
  if (needed === 'anyone') return;
  if (!caller.joined) throw new Fault('not-joined');
  if (needed === 'host' && caller.role !== 'host') throw new Fault('not-host');
}
