export type DeviceKind = 'camera' | 'microphone';
/** What a person chooses among: devices that capture, and the one that plays. */
export type ChosenKind = DeviceKind | 'speaker';

/**
 * Why there is no picture or sound: permission refused, no such device, in use by another program, a page without
 * HTTPS, unplugged while in use, or anything else.
 */
export type CaptureProblem = 'refused' | 'missing' | 'busy' | 'insecure' | 'lost' | 'failed';

export class CaptureFailure extends Error {
  readonly problem: CaptureProblem;

  constructor(problem: CaptureProblem, options?: ErrorOptions) {
    super(`No capture: ${problem}`, options);
    this.name = 'CaptureFailure';
    this.problem = problem;
  }
}

export interface ListedDevice {
  kind: ChosenKind;
  deviceId: string;
  /** Empty until the permission was given. */
  label: string;
}

/** Which device of each kind; an empty id leaves the choice to the browser. */
export type Wanted = Partial<Record<DeviceKind, string>>;

export interface CapturePort {
  readonly canShareScreen: boolean;
  /** Whether the page may say where sound comes out. */
  readonly canChooseSpeaker: boolean;
  /** Opens what is wanted with one question to the person. @throws CaptureFailure; nothing then stays open. */
  open(wanted: Wanted): Promise<Partial<Record<DeviceKind, MediaStreamTrack>>>;
  /** Undefined when the person chose nothing. @throws CaptureFailure */
  openScreen(): Promise<{ picture: MediaStreamTrack; sound?: MediaStreamTrack } | undefined>;
  list(): Promise<ListedDevice[]>;
  /** Calls `listener` when devices come and go; the returned function ends it. */
  watch(listener: () => void): () => void;
}
