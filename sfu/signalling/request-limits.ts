import type { RequestName } from '#protocol/signalling.ts';
import type { Clock } from '#service/clock.ts';
import { type Rate, RateLimiter } from '#service/rate-limiter.ts';

/** People whose requests are counted: more than there can be at once, those of the last minutes included. */
export const MAX_COUNTED_PEOPLE = 20_000;

/**
 * What one person may ask for, by kind: no kind uses up what another one needs. Whatever everybody else hears of costs as
 * many messages as there are people, and is dear; what concerns one's own page alone is cheap.
 */
export const REQUEST_LIMITS = {
  /** Coming in, also again and again over a bad network. */
  entrance: { burst: 30, perSecond: 0.5 },
  /** Answered to the asker alone. */
  hello: { burst: 60, perSecond: 5 },
  leave: { burst: 10, perSecond: 1 },
  /** Not to be recorded, or no longer: apart from agreeing, so that whoever agrees in a loop may still stop. */
  refusal: { burst: 30, perSecond: 1 },
  /** Each costs two lines of the consent ledger, its own and that of its end. */
  agreement: { burst: 10, perSecond: 0.1 },
  transports: { burst: 40, perSecond: 2 },
  /** What a person sends: everybody hears of it. */
  sources: { burst: 40, perSecond: 1 },
  endings: { burst: 60, perSecond: 2 },
  /** Mute and camera off, and back: everybody hears of it. Whoever has switched on too often may still switch off. */
  pausing: { burst: 90, perSecond: 3 },
  resuming: { burst: 60, perSecond: 2 },
  /** Joining a large meeting takes two for each picture and sound. */
  reception: { burst: 2000, perSecond: 100 },
  /** One after the other while a window is drawn larger. */
  visibility: { burst: 300, perSecond: 30 },
  chat: { burst: 10, perSecond: 1 },
  hands: { burst: 20, perSecond: 0.5 },
  hostRole: { burst: 10, perSecond: 0.2 },
  /** A folder on disk each, and a question to everybody. */
  record: { burst: 10, perSecond: 0.1 },
  stop: { burst: 10, perSecond: 1 },
  /** What a host does to others: a hundred people who wait are let in one by one. */
  hosting: { burst: 300, perSecond: 10 },
  /** Names that are none. */
  unknown: { burst: 20, perSecond: 1 },
} as const satisfies Record<string, Rate>;

type Kind = keyof typeof REQUEST_LIMITS;

/**
 * Of what everybody else hears, what all people of one network may ask for in one meeting, however many they are or say that
 * they are: a whole company comes in at once, is sent out by its network, and is back. Nothing of it stops, declines or leaves.
 */
export const NETWORK_LIMITS: Partial<Record<Kind, Rate>> = {
  entrance: { burst: 600, perSecond: 2 },
  sources: { burst: 2000, perSecond: 20 },
  resuming: { burst: 1500, perSecond: 20 },
  chat: { burst: 500, perSecond: 20 },
  hands: { burst: 500, perSecond: 5 },
};

const kinds = {
  hello: 'hello',
  join: 'entrance',
  resume: 'entrance',
  leave: 'leave',
  createTransport: 'transports',
  connectTransport: 'transports',
  restartIce: 'transports',
  produce: 'sources',
  closeProducer: 'endings',
  setProducerPaused: 'resuming',
  consume: 'reception',
  resumeConsumer: 'reception',
  pauseConsumer: 'reception',
  setVisibleVideos: 'visibility',
  answerConsent: 'agreement',
  sendChat: 'chat',
  raiseHand: 'hands',
  answerHostOffer: 'hostRole',
  reclaimHost: 'hostRole',
  handOverHost: 'hostRole',
  renameMeeting: 'hostRole',
  startRecording: 'record',
  stopRecording: 'stop',
  endMeeting: 'stop',
  pausePerson: 'hosting',
  removePerson: 'hosting',
  lowerHand: 'hosting',
  setAdmission: 'hosting',
  admit: 'hosting',
  refuse: 'hosting',
} as const satisfies Record<RequestName, Kind>;

const REFUSALS: readonly unknown[] = ['declined', 'withdrawn'];

/** @param data as it came, not parsed yet */
export function kindOfRequest(request: RequestName | undefined, data: unknown): Kind {
  if (request === undefined) return 'unknown';
  const { answer, paused } = Object(data) as { answer?: unknown; paused?: unknown };
  if (request === 'answerConsent' && REFUSALS.includes(answer)) return 'refusal';
  if (request === 'setProducerPaused' && paused === true) return 'pausing';
  return kinds[request];
}

type Limiters = ReadonlyMap<string, RateLimiter>;

/** One person's limits, and those that they share with everybody of their network. */
export class PersonLimits {
  readonly #all: readonly { limiters: Limiters; key: string }[];

  /** A kind that `limiters` does not have is not counted. */
  constructor(all: readonly { limiters: Limiters; key: string }[]) {
    this.#all = all;
  }

  /** 0: it may pass. Otherwise when the next one may, in milliseconds. */
  waitMs(request: RequestName | undefined, data: unknown): number {
    const kind = kindOfRequest(request, data);
    for (const { key, limiters } of this.#all) {
      const waitMs = limiters.get(kind)?.waitMs(key) ?? 0;
      if (waitMs > 0) return waitMs;
    }
    return 0;
  }
}

/**
 * Everybody's limits. They belong to a person of a meeting and not to a socket: who connects anew finds them as they were; and
 * who takes another token, or says that they are somebody else, those of their network. Of each kind, beyond MAX_COUNTED_PEOPLE
 * whoever has asked longest ago is forgotten.
 */
export class RequestLimits {
  readonly #people: Limiters;
  readonly #networks: Limiters;

  constructor(clock: Pick<Clock, 'nowMs'>, maxPeople = MAX_COUNTED_PEOPLE) {
    const limiters = (rates: Partial<Record<Kind, Rate>>) =>
      new Map(Object.entries(rates).map(([kind, rate]) => [kind, new RateLimiter(clock, rate, maxPeople)]));
    this.#people = limiters(REQUEST_LIMITS);
    this.#networks = limiters(NETWORK_LIMITS);
  }

  /** @param network undefined when it has no limit of its own */
  of(meetingId: string, connectionId: string, network?: string): PersonLimits {
    const own = { limiters: this.#people, key: `${meetingId} ${connectionId}` };
    if (network === undefined) return new PersonLimits([own]);
    return new PersonLimits([own, { limiters: this.#networks, key: `${meetingId} ${network}` }]);
  }
}
