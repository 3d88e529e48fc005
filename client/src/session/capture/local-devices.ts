import type { Source } from '#protocol/people.ts';
import {
  CaptureFailure,
  type CapturePort,
  type CaptureProblem,
  type ChosenKind,
  type DeviceKind,
} from '../ports/capture.ts';
import type { Preferences } from '../preferences.ts';
import { Store } from '../store.ts';
import { type DevicesSnapshot, type InputState, isBack, lostMicrophone, trackOf } from './input-state.ts';

const KINDS: readonly DeviceKind[] = ['microphone', 'camera'];

/**
 * This person's camera, microphone and screen. What is asked for later wins: a device that opens after it was switched
 * off again is closed at once, so no light stays on by mistake.
 */
export class LocalDevices extends Store<DevicesSnapshot> {
  readonly #port: CapturePort;
  readonly #preferences: Preferences;
  readonly #unwatch: () => void;
  /** Of what was last asked of each: a newer wish aborts it, and an answer to an older one is dropped. */
  readonly #wishes: Partial<Record<DeviceKind | 'screen', AbortController>> = {};
  #closed = false;

  constructor(port: CapturePort, preferences: Preferences) {
    super({
      camera: { status: 'off' },
      microphone: { status: 'off' },
      screen: { status: 'off' },
      replaced: undefined,
      canShareScreen: port.canShareScreen,
      canChooseSpeaker: port.canChooseSpeaker,
      available: [],
      chosen: {
        camera: preferences.deviceId('camera'),
        microphone: preferences.deviceId('microphone'),
        speaker: preferences.deviceId('speaker'),
      },
    });
    this.#port = port;
    this.#preferences = preferences;
    this.#unwatch = port.watch(() => void this.#list());
  }

  /** Opens both with one question; when that fails, each by itself, so that one of the two is enough (P4). */
  async openBoth(): Promise<void> {
    if (!(await this.#open(KINDS))) await Promise.all(KINDS.map((kind) => this.#open([kind])));
    await this.#list();
  }

  async toggleMicrophone(): Promise<void> {
    const { microphone } = this.getSnapshot();
    if (microphone.status === 'on') this.#mute(microphone.track, true);
    else if (microphone.status === 'muted') this.#mute(microphone.track, false);
    else await this.#toggleOpen('microphone');
  }

  /** Off closes the camera: its light goes out. */
  async toggleCamera(): Promise<void> {
    await this.#toggleOpen('camera');
  }

  /** Off when it is on; nothing otherwise. */
  async switchOff(source: Source): Promise<void> {
    const { camera, microphone, screen } = this.getSnapshot();
    if (source === 'microphone' && microphone.status === 'on') await this.toggleMicrophone();
    else if (source === 'camera' && camera.status === 'on') await this.toggleCamera();
    else if (source === 'screen' && screen.status === 'on') await this.toggleScreen();
  }

  /** From now on this device; in use, it takes the place of the other one without a gap, where that is possible. */
  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    this.#remember(kind, deviceId);
    if (kind === 'microphone') this.dismissReplaced();
    const before = this.getSnapshot()[kind];
    if (before.status === 'off') return;
    if (trackOf(before) && (await this.#exchange(kind, deviceId))) return;
    this.#release(kind, { status: 'off' });
    await this.#open([kind]);
    const { microphone } = this.getSnapshot();
    if (kind === 'microphone' && before.status === 'muted' && microphone.status === 'on') {
      this.#mute(microphone.track, true);
    }
  }

  /** What is told of a microphone that was lost has been seen. */
  dismissReplaced(): void {
    this.update({ replaced: undefined });
  }

  /** Where the others are heard from now on. */
  chooseSpeaker(deviceId: string): void {
    this.#remember('speaker', deviceId);
  }

  async toggleScreen(): Promise<void> {
    const { screen } = this.getSnapshot();
    const wish = this.#wish('screen');
    if (screen.status === 'on') return this.#closeScreen();
    this.update({ screen: { status: 'opening' } });
    try {
      const shared = await this.#port.openScreen();
      if (wish.aborted) {
        shared?.picture.stop();
        shared?.sound?.stop();
      } else if (!shared) {
        this.update({ screen: { status: 'off' } });
      } else {
        // The browser's own "Stop sharing" ends the track.
        shared.picture.addEventListener('ended', () => {
          if (!wish.aborted) this.#closeScreen();
        });
        const take = (): void => {
          const isSilenced = shared.picture.muted && { isSilenced: true as const };
          this.update({
            screen: { status: 'on', picture: shared.picture, sound: shared.sound, ...isSilenced },
          });
        };
        for (const name of ['mute', 'unmute']) {
          shared.picture.addEventListener(name, () => {
            if (!wish.aborted) take();
          });
        }
        take();
      }
    } catch (cause) {
      if (!wish.aborted) {
        this.update({ screen: { status: 'failed', problem: problemOf(cause) } });
      }
    }
  }

  /** Releases everything (P6); nothing opens afterwards. */
  close(): void {
    this.#closed = true;
    this.#unwatch();
    for (const kind of KINDS) this.#release(kind, { status: 'off' });
    this.#wishes.screen?.abort();
    this.#closeScreen();
  }

  async #toggleOpen(kind: DeviceKind): Promise<void> {
    const { status } = this.getSnapshot()[kind];
    if (status === 'off' || status === 'failed') {
      await this.#open([kind]);
      await this.#list();
    } else {
      this.#release(kind, { status: 'off' });
    }
  }

  /** True unless the question failed for several kinds at once, which says nothing about each. */
  async #open(kinds: readonly DeviceKind[]): Promise<boolean> {
    if (this.#closed) return true;
    const { chosen } = this.getSnapshot();
    const wishes = new Map(kinds.map((kind) => [kind, this.#wish(kind)]));
    const isCurrent = (kind: DeviceKind) => wishes.get(kind)?.aborted === false;
    this.update(Object.fromEntries(kinds.map((kind) => [kind, { status: 'opening' }])));
    try {
      const tracks = await this.#port.open(Object.fromEntries(kinds.map((kind) => [kind, chosen[kind]])));
      for (const kind of kinds) {
        const track = tracks[kind];
        if (!isCurrent(kind)) track?.stop();
        else if (track) this.#take(kind, track);
        else this.#set(kind, { status: 'failed', problem: 'missing' });
      }
      return true;
    } catch (cause) {
      const wanted = kinds.filter(isCurrent);
      if (kinds.length > 1 && wanted.length > 0) return false;
      for (const kind of wanted) this.#set(kind, { status: 'failed', problem: problemOf(cause) });
      return true;
    }
  }

  /** Opens the other device while the old one is still in use. False when it cannot: some phones open one at a time. */
  async #exchange(kind: DeviceKind, deviceId: string): Promise<boolean> {
    const wish = this.#wish(kind);
    let track: MediaStreamTrack | undefined;
    try {
      track = (await this.#port.open({ [kind]: deviceId }))[kind];
    } catch {
      // It is tried again with the old one closed; what is wrong then is told.
      return wish.aborted;
    }
    if (wish.aborted) {
      track?.stop();
      return true;
    }
    if (!track) return false;
    const before = this.getSnapshot()[kind];
    this.#take(kind, track, before.status === 'muted');
    trackOf(before)?.stop();
    return true;
  }

  #remember(kind: ChosenKind, deviceId: string): void {
    this.#preferences.setDeviceId(kind, deviceId);
    this.update({ chosen: { ...this.getSnapshot().chosen, [kind]: deviceId } });
  }

  #take(kind: DeviceKind, track: MediaStreamTrack, muted = false): void {
    // Stopping it ourselves fires no event: this is an unplugged device or a withdrawn permission.
    track.addEventListener('ended', () => {
      if (trackOf(this.getSnapshot()[kind]) !== track) return;
      this.#release(kind, { status: 'failed', problem: 'lost' });
      // Another camera would show what its person may not want to be seen.
      if (kind === 'microphone') void this.#replace(track);
    });
    // The system takes it away for a while, and gives it back (Media Capture and Streams §4.3.1).
    for (const name of ['mute', 'unmute']) {
      track.addEventListener(name, () => {
        if (trackOf(this.getSnapshot()[kind]) === track) this.#set(kind, stateOf(track));
      });
    }
    track.enabled = !muted;
    this.#set(kind, stateOf(track));
  }

  #mute(track: MediaStreamTrack, muted: boolean): void {
    track.enabled = !muted;
    this.#set('microphone', stateOf(track));
  }

  /** The microphone is gone: the browser's own choice takes its place at once, as muted as it was. */
  async #replace(track: MediaStreamTrack): Promise<void> {
    const { available, chosen } = this.getSnapshot();
    const lost = lostMicrophone(track, available);
    // What was chosen is remembered for the next visit.
    this.update({ chosen: { ...chosen, microphone: '' } });
    const wish = this.#wish('microphone');
    try {
      const { microphone } = await this.#port.open({ microphone: '' });
      if (wish.aborted) microphone?.stop();
      else if (microphone) {
        this.#take('microphone', microphone, !track.enabled);
        this.update({ replaced: lost });
      }
    } catch {
      // There is no other one, or the permission was withdrawn: that it was lost is told already.
    }
    await this.#list();
  }

  /** Begins one, aborted from the start once everything is closed. */
  #wish(kind: DeviceKind | 'screen'): AbortSignal {
    const wish = new AbortController();
    this.#wishes[kind]?.abort();
    this.#wishes[kind] = wish;
    if (this.#closed) wish.abort();
    return wish.signal;
  }

  #release(kind: DeviceKind, next: InputState): void {
    this.#wishes[kind]?.abort();
    const track = trackOf(this.getSnapshot()[kind]);
    this.#set(kind, next);
    track?.stop();
  }

  #closeScreen(): void {
    const { screen } = this.getSnapshot();
    this.update({ screen: { status: 'off' } });
    if (screen.status !== 'on') return;
    screen.picture.stop();
    screen.sound?.stop();
  }

  #set(kind: DeviceKind, state: InputState): void {
    this.update(kind === 'camera' ? { camera: state } : { microphone: state });
  }

  async #list(): Promise<void> {
    const available = await this.#port.list();
    if (this.#closed) return;
    const { replaced } = this.getSnapshot();
    this.update({
      available,
      replaced: replaced && { ...replaced, isBack: isBack(replaced, available) },
    });
  }
}

function stateOf(track: MediaStreamTrack): InputState {
  if (!track.enabled) return { status: 'muted', track };
  return { status: 'on', track, ...(track.muted && { isSilenced: true }) };
}

function problemOf(cause: unknown): CaptureProblem {
  return cause instanceof CaptureFailure ? cause.problem : 'failed';
}
