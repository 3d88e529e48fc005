import { kindOf, type ProducerInfo, type Source } from '#protocol/people.ts';
import type { DevicesSnapshot } from '../capture/input-state.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sender, SendTransport } from '../ports/media.ts';
import type { SignallingConnection } from '../ports/signalling.ts';
import { StandingEncoder } from './standing-encoder.ts';

const SOURCES: readonly Source[] = ['microphone', 'camera', 'screen', 'screen-audio'];

interface Target {
  transport: SendTransport;
  connection: SignallingConnection;
  unsubscribe: () => void;
}

/** Suspended: the server cannot be asked for a while. What began in one state, and fails in another, is no failure. */
type State = { is: 'stopped' } | ({ is: 'sending' | 'suspended' } & Target);

interface Sent {
  sender: Sender;
  track: MediaStreamTrack | undefined;
  pause: Pause;
  readonly encoder: StandingEncoder;
}

/** `silenced`: by the system, which is nobody's wish. */
type Pause = 'no' | 'yes' | 'silenced';

interface Wanted {
  track: MediaStreamTrack;
  pause: Pause;
}

export interface SendingEvents {
  /** This source cannot be sent. */
  sendFailed(source: Source, cause: unknown): void;
  /** The encoder of this source gave no pictures: it is sent in VP8 from now on. */
  encoderReplaced(source: Source): void;
  /** The encoder of this source gives no pictures, and there is no other one. */
  encoderFailed(source: Source): void;
}

/**
 * Brings what is sent in line with what the devices give: whenever a device changes, each source is compared with its
 * sender, one step at a time. Camera and microphone keep their producer for the whole meeting, paused while off, so that
 * they stay in one file [D7]; a screen's producer is closed.
 */
export class Outgoing {
  readonly #devices: LocalDevices;
  readonly #clock: Clock;
  readonly #events: SendingEvents;
  readonly #sent = new Map<Source, Sent>();
  /** Sources that could not be sent; tried again when their track changes. */
  readonly #failed = new Map<Source, MediaStreamTrack>();
  /** Sources whose encoder failed in this visit: sent in VP8. */
  readonly #inVp8 = new Set<Source>();
  /** Sources that no encoder of this browser brings: told once. */
  readonly #hopeless = new Set<Source>();
  #state: State = { is: 'stopped' };
  #running = false;
  #dirty = false;
  #looking = false;

  constructor(devices: LocalDevices, clock: Clock, events: SendingEvents) {
    this.#devices = devices;
    this.#clock = clock;
    this.#events = events;
  }

  start(transport: SendTransport, connection: SignallingConnection): void {
    this.stop();
    const unsubscribe = this.#devices.subscribe(() => this.#run());
    this.#state = { is: 'sending', transport, connection, unsubscribe };
    this.#run();
  }

  /** Until goOn. */
  suspend(): void {
    if (this.#state.is === 'sending') this.#state = { ...this.#state, is: 'suspended' };
  }

  /** @param known what the server has of ours: where it differs it is told again */
  goOn(known: readonly ProducerInfo[]): void {
    if (this.#state.is === 'suspended') this.#state = { ...this.#state, is: 'sending' };
    this.#failed.clear();
    for (const [source, sent] of this.#sent) {
      const producer = known.find(({ producerId }) => producerId === sent.sender.producerId);
      if (producer) sent.pause = pauseOf(producer);
      else {
        sent.sender.close();
        this.#sent.delete(source);
      }
    }
    this.#run();
  }

  /** Forgets the senders, which end with their transport; the devices stay open. */
  stop(): void {
    if (this.#state.is !== 'stopped') this.#state.unsubscribe();
    this.#state = { is: 'stopped' };
    this.#sent.clear();
    this.#failed.clear();
  }

  /** To be called every second or so: a hardware encoder may fail without a word. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    for (const [source, sent] of this.#sent) {
      if (kindOf(source) !== 'video') continue;
      const counts = isSending(sent) ? await sent.sender.countPictures() : undefined;
      if (sent.encoder.push(counts, this.#clock.nowMs())) this.#hasFailed(source, sent);
    }
    this.#looking = false;
  }

  #hasFailed(source: Source, sent: Sent): void {
    if (this.#sent.get(source) !== sent) return;
    if (sent.sender.canSendVp8Instead && !this.#inVp8.has(source)) {
      this.#inVp8.add(source);
      this.#run();
    } else if (!this.#hopeless.has(source)) {
      this.#hopeless.add(source);
      this.#events.encoderFailed(source);
    }
  }

  #run(): void {
    this.#dirty = true;
    if (!this.#running) void this.#loop();
  }

  async #loop(): Promise<void> {
    this.#running = true;
    while (this.#dirty) {
      this.#dirty = false;
      for (const source of SOURCES) await this.#sync(source);
    }
    this.#running = false;
  }

  async #sync(source: Source): Promise<void> {
    const state = this.#state;
    if (state.is !== 'sending') return;
    const wanted = wantedOf(source, this.#devices.getSnapshot());
    if (wanted && this.#failed.get(source) === wanted.track) return;
    try {
      await this.#step(source, wanted, state);
    } catch (cause) {
      if (this.#state !== state) return;
      if (wanted) this.#failed.set(source, wanted.track);
      this.#events.sendFailed(source, cause);
    }
  }

  /** One that is sent already goes on until the server has the other one, which takes its place. */
  async #send(source: Source, wanted: Wanted, transport: SendTransport): Promise<void> {
    const isPaused = wanted.pause !== 'no';
    const codec = this.#inVp8.has(source) ? 'vp8' : undefined;
    const sender = await transport.send(source, wanted.track, isPaused, codec);
    if (this.#state.is === 'stopped' || this.#state.transport !== transport) return;
    const before = this.#sent.get(source);
    before?.sender.close();
    this.#sent.set(source, {
      ...{ sender, track: wanted.track, encoder: new StandingEncoder() },
      pause: isPaused ? 'yes' : 'no',
    });
    // Whose wish that is is told then.
    this.#dirty ||= wanted.pause === 'silenced';
    if (before) this.#events.encoderReplaced(source);
  }

  async #step(source: Source, wanted: Wanted | undefined, { transport, connection }: Target): Promise<void> {
    const sent = this.#sent.get(source);
    const isToReplace = this.#inVp8.has(source) && sent?.sender.canSendVp8Instead === true;
    if (wanted && (!sent || isToReplace)) return this.#send(source, wanted, transport);
    if (!sent) return;
    const { sender } = sent;
    const setPause = async (pause: Pause): Promise<void> => {
      if (sent.pause === pause) return;
      sent.pause = pause;
      if (pause === 'no') sender.resume();
      else sender.pause();
      await connection.request('setProducerPaused', {
        producerId: sender.producerId,
        paused: pause !== 'no',
        ...(pause === 'silenced' && { silenced: true }),
      });
    };
    if (wanted) {
      if (sent.track !== wanted.track) {
        sent.track = wanted.track;
        await sender.replaceTrack(wanted.track);
      }
      await setPause(wanted.pause);
    } else if (source === 'camera' || source === 'microphone') {
      // Paused first: nobody, and no file, is to show the last picture for longer than need be.
      await setPause('yes');
      if (sent.track) {
        sent.track = undefined;
        await sender.replaceTrack(undefined);
      }
    } else {
      this.#sent.delete(source);
      sender.close();
      await connection.request('closeProducer', { producerId: sender.producerId });
    }
  }
}

/** Whether pictures are due from its encoder. */
function isSending({ pause, track }: Sent): boolean {
  return pause === 'no' && track?.readyState === 'live' && track.enabled && !track.muted;
}

/** What the devices have to give for a source. */
function wantedOf(source: Source, devices: DevicesSnapshot): Wanted | undefined {
  if (source === 'screen' || source === 'screen-audio') {
    if (devices.screen.status !== 'on') return undefined;
    const track = kindOf(source) === 'video' ? devices.screen.picture : devices.screen.sound;
    return track && { track, pause: 'no' };
  }
  const input = devices[source];
  if (input.status === 'on') return { track: input.track, pause: input.isSilenced ? 'silenced' : 'no' };
  if (input.status === 'muted') return { track: input.track, pause: 'yes' };
  return undefined;
}

function pauseOf({ paused, silenced }: ProducerInfo): Pause {
  if (!paused) return 'no';
  return silenced ? 'silenced' : 'yes';
}
