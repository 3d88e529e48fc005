import { type DevicesSnapshot, trackOf } from '#client/session/capture/input-state.ts';
import type { Received } from '#client/session/media/incoming.ts';
import type { Self } from '#client/session/meeting/meeting-state.ts';
import type { RoomState } from '#client/session/meeting/room-state.ts';
import type { Person } from '#protocol/people.ts';

/** What one tile shows. */
export interface Tile {
  key: string;
  kind: 'person' | 'screen';
  connectionId: string;
  name: string;
  isOwn: boolean;
  picture: MediaStreamTrack | undefined;
  /** What the server calls this video, also while it is paused; undefined for one's own, and where nothing is sent. */
  videoId: string | undefined;
  /** There is nothing to be seen; a picture that is on its way is not off. */
  isOff: boolean;
  /** There is no room for it on one's own network. */
  isHeldBack: boolean;
  /** The browser cannot decode what this person sends. */
  cannotShow: boolean;
  isMuted: boolean;
  isAway: boolean;
  /** Audible now. */
  isSpeaking: boolean;
  hasHandUp: boolean;
  isPoor: boolean;
}

type Media = ReadonlyMap<string, Received>;

/** One tile per person and shared screen, one's own first. A camera that is off gives no picture, never a frozen one. */
export function tilesOf(
  self: Self | undefined,
  devices: DevicesSnapshot,
  people: readonly Person[],
  media: Media,
  { heldBack, quality, speakers }: Pick<RoomState, 'heldBack' | 'quality' | 'speakers'>,
  ownHandIsUp: boolean,
): Tile[] {
  const stateOf = (connectionId: string) => ({
    isSpeaking: speakers.includes(connectionId),
    isPoor: quality.get(connectionId) === 'poor',
  });
  const tiles = people.flatMap((person) =>
    tilesOfPerson(person, media, heldBack, stateOf(person.connectionId)),
  );
  if (!self) return tiles;
  const state = { ...stateOf(self.connectionId), hasHandUp: ownHandIsUp };
  return [...ownTiles(self, devices, state), ...tiles];
}

type State = Pick<Tile, 'isSpeaking' | 'isPoor'>;
/** A screen is no person. */
const STILL = { isSpeaking: false, isPoor: false, hasHandUp: false };

function ownTiles(
  { connectionId, name }: Self,
  { camera, microphone, screen }: DevicesSnapshot,
  state: State & Pick<Tile, 'hasHandUp'>,
): Tile[] {
  const base = {
    connectionId,
    name,
    isOwn: true,
    videoId: undefined,
    isHeldBack: false,
    cannotShow: false,
    isAway: false,
  };
  const isSilenced = camera.status === 'on' && camera.isSilenced === true;
  const picture = isSilenced ? undefined : trackOf(camera);
  const person: Tile = {
    ...base,
    ...state,
    key: connectionId,
    kind: 'person',
    picture,
    isOff: picture === undefined,
    // As the others see it.
    isMuted: microphone.status !== 'on' || microphone.isSilenced === true,
  };
  if (screen.status !== 'on') return [person];
  const shared: Tile = {
    ...base,
    ...STILL,
    key: `${connectionId}/screen`,
    kind: 'screen',
    picture: screen.picture,
    isOff: false,
    isMuted: false,
  };
  return [person, shared];
}

function tilesOfPerson(person: Person, media: Media, heldBack: readonly string[], state: State): Tile[] {
  const { connectionId, connected, name, producers } = person;
  const find = (source: string) => producers.find((producer) => producer.source === source);
  const show = (source: 'camera' | 'screen') => {
    const producer = find(source);
    const received = producer && media.get(producer.producerId);
    const isOn = producer !== undefined && !producer.paused;
    const isHeldBack = isOn && heldBack.includes(producer.producerId);
    return {
      // Its last picture would stand still.
      picture: isOn && !isHeldBack && received?.status === 'playing' ? received.track : undefined,
      isHeldBack,
      videoId: producer?.producerId,
      isOff: !isOn,
      cannotShow: isOn && received?.status === 'failed',
    };
  };
  const base = { connectionId, name, isOwn: false, isAway: !connected };
  const microphone = find('microphone');
  const own: Tile = {
    ...base,
    ...state,
    hasHandUp: person.handRaisedAtMs !== undefined,
    ...show('camera'),
    key: connectionId,
    kind: 'person',
    isMuted: microphone === undefined || microphone.paused,
  };
  if (!find('screen')) return [own];
  return [
    own,
    { ...base, ...STILL, ...show('screen'), key: `${connectionId}/screen`, kind: 'screen', isMuted: false },
  ];
}

/** The sounds to play: everything audible that is received. */
export function soundsOf(
  people: readonly Person[],
  media: Media,
): { producerId: string; track: MediaStreamTrack }[] {
  return people.flatMap(({ producers }) =>
    producers.flatMap(({ producerId, source }) => {
      const received = media.get(producerId);
      const isSound = source === 'microphone' || source === 'screen-audio';
      return isSound && received?.status === 'playing' ? [{ producerId, track: received.track }] : [];
    }),
  );
}
