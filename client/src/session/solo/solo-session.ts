import { type ErrorBody, Fault } from '#protocol/errors.ts';
import type { DevicesSnapshot } from '../capture/input-state.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import type { MeetingSession } from '../meeting/meeting-session.ts';
import type {
  Connection,
  EndReason,
  MeetingSnapshot,
  Message,
  RecordingView,
} from '../meeting/meeting-state.ts';
import type { Archive } from '../ports/archive.ts';
import type { RecentMeetings } from '../recent-meetings.ts';
import { Store } from '../store.ts';

export interface SoloPorts {
  archive: Archive;
  /** The one meeting of this browser in which its person records themselves, and the key to its recordings. */
  rooms: RecentMeetings;
  openMeeting(meetingId: string): MeetingSession;
}

/**
 * `no-device`: neither device opened, and nothing was recorded (P3); `devices` says why. `elsewhere`: a recording is running
 * already, in another window or for a moment after one was closed.
 */
export type SoloProblem =
  | { kind: 'no-device' }
  | { kind: 'fault'; error: ErrorBody }
  | { kind: 'ended'; reason: EndReason }
  | { kind: 'elsewhere' };

export interface SoloSnapshot {
  readonly connection: Connection;
  /** `ready`: the devices are closed. */
  readonly step: 'ready' | 'opening' | 'starting' | 'recording' | 'stopping';
  readonly meetingId: string | undefined;
  readonly devices: DevicesSnapshot | undefined;
  readonly recording: RecordingView;
  /** Picture and sound do not get through to the server; that is being mended. */
  readonly isMediaBlocked: boolean;
  /** What is on disk of the present recording, as the recorder says. */
  readonly written: { bytes: number; durationMs: number } | undefined;
  /** The last recording that was stopped here. */
  readonly finishedRecordingId: string | undefined;
  /** Why the last attempt ended otherwise than by Stop. */
  readonly problem: SoloProblem | undefined;
  readonly messages: readonly Message[];
}

/**
 * "Record yourself" (P10): a meeting with one person, who is its host. One press opens the devices, joins and records;
 * the next one ends all three. It is connected before and after (P1).
 */
export class SoloSession extends Store<SoloSnapshot> {
  readonly #ports: SoloPorts;
  readonly #roomName: string;
  #visit: MeetingSession | undefined;
  /** Record was pressed in this one. */
  #pressedIn: MeetingSession | undefined;
  #unwatch: () => void = () => undefined;
  #closed = false;
  /** Given where the server asks for one before it records. */
  #recordKey: string | undefined;

  /** @param roomName under which an administrator finds these recordings */
  constructor(roomName: string, ports: SoloPorts) {
    super({
      connection: { status: 'connecting' },
      step: 'ready',
      meetingId: undefined,
      devices: undefined,
      recording: { status: 'off' },
      isMediaBlocked: false,
      written: undefined,
      finishedRecordingId: undefined,
      problem: undefined,
      messages: [],
    });
    this.#roomName = roomName;
    this.#ports = ports;
  }

  /** Makes the meeting on the first visit, and connects to it. @param key where the server asks for one */
  async start(key?: string): Promise<void> {
    this.update({ connection: { status: 'connecting' } });
    try {
      const meetingId = await this.#room(key);
      if (this.#closed) return;
      this.update({ meetingId });
      this.#arrive(meetingId);
    } catch (cause) {
      this.update({ connection: { status: 'refused', error: Fault.from(cause).toBody() } });
    }
  }

  /** @param name of this person, 1 to 80 characters @param key where the server asks for one */
  async record(name: string, key = this.#recordKey): Promise<void> {
    const visit = this.#visit;
    if (!visit || this.getSnapshot().step !== 'ready') return;
    this.#recordKey = key;
    this.update({ step: 'opening', problem: undefined, finishedRecordingId: undefined });
    await visit.devices.openBoth();
    const { camera, microphone } = visit.devices.getSnapshot();
    if (visit !== this.#visit) return;
    if (camera.status !== 'on' && microphone.status !== 'on') {
      this.update({ step: 'ready', problem: { kind: 'no-device' } });
      return;
    }
    this.update({ step: 'starting' });
    await visit.join(name);
    // Back in the lobby, with the reason, when it was refused; the watch takes it from there.
  }

  async stop(): Promise<void> {
    const visit = this.#visit;
    if (!visit || !['starting', 'recording'].includes(this.getSnapshot().step)) return;
    this.update({ step: 'stopping' });
    const isStopped = await visit.stopRecording();
    if (visit !== this.#visit) return;
    const { finishedRecordingId } = visit.getSnapshot();
    if (isStopped) this.#renew({ finishedRecordingId });
    else this.update({ step: 'recording' });
  }

  /** Of the present visit. */
  get openDevices(): LocalDevices | undefined {
    return this.#visit?.devices;
  }

  /** The page goes away: everything is released (P6). */
  close(): void {
    this.#closed = true;
    this.#depart();
  }

  /** The meeting of this browser; another one when the server has forgotten it. */
  async #room(key: string | undefined): Promise<string> {
    const { archive, rooms } = this.#ports;
    const [known] = rooms.getSnapshot();
    if (known?.hostKey !== undefined) {
      try {
        await archive.meeting(known.meetingId);
        return known.meetingId;
      } catch (cause) {
        if (Fault.from(cause).code !== 'meeting-not-found') throw cause;
        rooms.remove(known.meetingId);
      }
    }
    const { hostKey, meetingId } = await archive.createMeeting(this.#roomName, key);
    rooms.add({ meetingId, name: this.#roomName, hostKey });
    return meetingId;
  }

  #arrive(meetingId: string): void {
    const visit = this.#ports.openMeeting(meetingId);
    this.#visit = visit;
    const stopMeeting = visit.subscribe(() => this.#follow(visit));
    const stopDevices = visit.devices.subscribe(() => this.update({ devices: visit.devices.getSnapshot() }));
    this.#unwatch = () => {
      stopMeeting();
      stopDevices();
    };
    visit.connect();
    this.#follow(visit);
  }

  #depart(): void {
    this.#unwatch();
    this.#visit?.close();
    this.#visit = undefined;
  }

  /** The devices are closed, and everything begins anew; what is told of the last recording stays. */
  #renew(told: Partial<Pick<SoloSnapshot, 'finishedRecordingId' | 'problem'>>): void {
    const { meetingId } = this.getSnapshot();
    this.#depart();
    this.update({
      step: 'ready',
      devices: undefined,
      written: undefined,
      recording: { status: 'off' },
      ...told,
    });
    if (meetingId !== undefined && !this.#closed) this.#arrive(meetingId);
  }

  #follow(visit: MeetingSession): void {
    const { connection, isMediaBlocked, messages, phase, progress, recording, self } = visit.getSnapshot();
    const own = progress.find(({ connectionId }) => connectionId === self?.connectionId);
    this.update({
      connection,
      isMediaBlocked,
      messages,
      recording,
      ...(own && own.bytes > 0 && { written: { bytes: own.bytes, durationMs: own.durationMs } }),
    });
    if (phase.name === 'ended' && phase.reason === 'idle') {
      // Connecting again by itself would take the place that others are to have.
      this.#depart();
      this.update({ connection: { status: 'refused', error: new Fault('session-over').toBody() } });
      return;
    }
    if (phase.name === 'ended') {
      this.#renew({ problem: { kind: 'ended', reason: phase.reason } });
      return;
    }
    const { step } = this.getSnapshot();
    if (step === 'starting') this.#goOn(visit, visit.getSnapshot());
    // Ended by somebody else: by the server's limit, or by this person in another window.
    if (step === 'recording' && recording.status === 'off') {
      this.#renew({ finishedRecordingId: visit.getSnapshot().finishedRecordingId });
    }
  }

  #goOn(visit: MeetingSession, { phase, recording }: MeetingSnapshot): void {
    const isRecorded = recording.status !== 'off';
    if (phase.name === 'lobby' && phase.error) {
      this.#renew({ problem: { kind: 'fault', error: phase.error } });
    } else if (this.#pressedIn !== visit && isRecorded) {
      this.#renew({ problem: { kind: 'elsewhere' } });
    } else if (recording.status === 'recording') {
      this.update({ step: 'recording' });
    } else if (this.#pressedIn !== visit && phase.name === 'joined') {
      void this.#press(visit);
    }
  }

  async #press(visit: MeetingSession): Promise<void> {
    this.#pressedIn = visit;
    const isStarted = await visit.startRecording(this.#recordKey);
    if (isStarted || visit !== this.#visit) return;
    const { wantedKey } = visit.getSnapshot();
    if (wantedKey) {
      const fault = new Fault(wantedKey.isWrong ? 'record-key-wrong' : 'record-key-needed');
      this.#recordKey = undefined;
      this.#renew({ problem: { kind: 'fault', error: fault.toBody() } });
      return;
    }
    const told = visit.getSnapshot().messages.findLast(({ kind }) => kind === 'fault');
    this.#renew(told?.kind === 'fault' ? { problem: { kind: 'fault', error: told.error } } : {});
  }
}
