import { Fault } from '#protocol/errors.ts';
import type { Role } from '#protocol/people.ts';
import type { KeptDoors } from '#protocol/recorder.ts';
import { marksOf } from '../room/marks.ts';
import { Room } from '../room/room.ts';
import type { RoomEvent } from '../room/room-event.ts';

export const camera = { producerId: 'c1', source: 'camera' as const, paused: false };

/** A room, with what follows from each change in short. */
export function openRoom(maxPeople = 10, doors?: KeptDoors) {
  const events: RoomEvent[] = [];
  let nowMs = 1000;
  const room = new Room({
    ...{ meetingName: 'Weekly', maxPeople, doors },
    nowMs: () => nowMs,
    emit: (event) => events.push(event),
  });
  return {
    room,
    events,
    /** @param key of the browser that they come with; each has its own, unless it is said */
    join: (
      connectionId: string,
      tokenRole: Role = 'participant',
      consent?: 'accepted' | 'declined' | 'pending',
      key = connectionId,
    ) =>
      room.join(
        { connectionId, name: connectionId, tokenRole, marks: marksOf('m', { key, subject: undefined }) },
        consent,
      ),
    wait: (byMs: number) => {
      nowMs += byMs;
    },
    /** What has followed since the last call; what people are told of their own recording only where it is asked for. */
    news: ({ own = false } = {}) =>
      events
        .splice(0)
        .map(inShort)
        .filter((line) => line !== 'doors' && (own || !line.endsWith('ownRecordingChanged'))),
  };
}

function inShort(event: RoomEvent): string {
  switch (event.type) {
    case 'record':
      return `record ${event.connectionId} ${event.producers.length}`;
    case 'unrecord':
      return `unrecord ${event.connectionId} ${event.reason}${event.erase ? ' erase' : ''}`;
    case 'end':
      return `end ${event.connectionId} ${event.reason}`;
    case 'doors':
      return 'doors';
    case 'offer':
      return `offer ${event.number}`;
    case 'fact': {
      const { fact } = event;
      const what =
        'consent' in fact ? fact.consent : 'connectionIds' in fact ? fact.connectionIds.join() : '';
      const isAway = fact.type === 'away' ? `${fact.away}` : '';
      return ['fact', fact.type, 'connectionId' in fact ? fact.connectionId : '', what, isAway]
        .filter(Boolean)
        .join(' ');
    }
    case 'notice': {
      const { audience, notice } = event;
      const whom = 'connectionId' in audience ? audience.connectionId : audience.to;
      return `${whom}: ${notice.name}`;
    }
  }
}

export function codeOf(attempt: () => void): string {
  try {
    attempt();
    return 'ok';
  } catch (cause) {
    return Fault.from(cause).code;
  }
}
