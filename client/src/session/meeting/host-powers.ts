import type { Admission } from '#protocol/meeting-state.ts';
import type { Source } from '#protocol/people.ts';
import type { RequestName, RequestParams } from '#protocol/signalling.ts';

type Ask = <N extends RequestName>(name: N, params: RequestParams<N>) => Promise<unknown>;

/** What only the host can do for, and with, the others. What fails is told to the host by the session. */
export function hostPowers(ask: Ask) {
  return {
    /** Switches off what somebody sends; they may switch it on again. */
    pause: (connectionId: string, source: Source) => ask('pausePerson', { connectionId, source }),
    remove: (connectionId: string) => ask('removePerson', { connectionId }),
    lowerHand: (connectionId: string) => ask('lowerHand', { connectionId }),
    setAdmission: (admission: Admission) => ask('setAdmission', { admission }),
    /** Lets somebody in who waits, or everybody. */
    admit: (connectionId?: string) => ask('admit', connectionId === undefined ? {} : { connectionId }),
    refuse: (connectionId: string) => ask('refuse', { connectionId }),
    /** Makes somebody else the host. */
    handOver: (connectionId: string) => ask('handOverHost', { connectionId }),
    /** For everybody; a running recording is completed first. */
    endMeeting: () => ask('endMeeting', {}),
  };
}
