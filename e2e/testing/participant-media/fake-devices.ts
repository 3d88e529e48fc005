import { ownerRow } from './owner-code.ts';
import { toneOf } from './tone.ts';

export interface Camera {
  width: number;
  height: number;
  framesPerSecond: number;
  /** Its owner's code (owner-code.ts), or the time (time-code.ts). */
  shows?: 'owner' | 'time';
}

/** What a person's devices give. Without a kind the person has no such device. */
export interface Devices {
  owner: number;
  camera?: Camera;
  microphone: boolean;
}

export interface DevicesInPage {
  code: boolean[];
  hue: number;
  camera: Camera | undefined;
  toneHz: number | undefined;
}

export function devicesInPage({ owner, camera, microphone }: Devices): DevicesInPage {
  return {
    code: ownerRow(owner),
    hue: (owner * 67) % 360,
    camera,
    toneHz: microphone ? toneOf(owner) : undefined,
  };
}

interface WithOtherCamera extends Window {
  otherCamera?: { width: number; height: number };
}

/** Runs in the page: from the next time on that the camera is opened, it gives pictures of this size. */
export function plugInCamera(size: { width: number; height: number }): void {
  (window as WithOtherCamera).otherCamera = size;
}

/**
 * Runs in the page before its own scripts: camera and microphone become the person's code and tone. Frames are made
 * off screen and pushed into the track, since a page that is not in front paints no canvas. The function is sent to
 * the page as text, so it may use nothing from outside.
 */
export function installFakeDevices({ code, hue, camera, toneHz }: DevicesInPage): void {
  interface Generator extends MediaStreamTrack {
    readonly writable: WritableStream<VideoFrame>;
  }
  const { MediaStreamTrackGenerator } = window as unknown as {
    MediaStreamTrackGenerator: new (init: { kind: 'video' }) => Generator;
  };

  const bitsOf = (value: number): boolean[] =>
    Array.from({ length: 8 }, (_, bit) => ((value >> (7 - bit)) & 1) === 1);
  const timeRows = (): boolean[][] => {
    const nowMs = Math.floor(performance.timeOrigin + performance.now());
    const bytes = [2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(nowMs / unit) % 256);
    return [...bytes, bytes.reduce((check, byte) => check ^ byte, 0xa5)].map(bitsOf);
  };

  /** Makes a picture of several packets, as those of a real camera are; too faint to change a block's reading. */
  const drawGrain = (context: OffscreenCanvasRenderingContext2D, width: number, height: number): void => {
    for (let grain = 0; grain < 150; grain += 1) {
      context.fillStyle = `hsl(0 0% ${Math.random() * 100}% / 0.15)`;
      context.fillRect(Math.random() * width, Math.random() * height, 12, 12);
    }
  };

  const cameraTrack = ({
    width,
    height,
    framesPerSecond,
    shows,
  }: NonNullable<typeof camera>): MediaStreamTrack => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    // A busy test machine must not make the browser shrink the picture that the test measures.
    track.contentHint = 'detail';
    // A camera says at once how large its pictures are; a generator only after the first of them.
    track.getSettings = () => ({ width, height, frameRate: framesPerSecond });
    const writer = track.writable.getWriter();
    let counter = 0;
    let restUntilMs = 0;
    const draw = (): void => {
      // A camera waits for nobody, and leaves a busy page half of its time.
      const fromMs = performance.now();
      if ((writer.desiredSize ?? 0) <= 0 || fromMs < restUntilMs) return;
      const rows = shows === 'time' ? timeRows() : [code, bitsOf(counter), code.map((bit) => !bit)];
      const [blockWidth, blockHeight] = [width / 8, height / rows.length];
      rows.forEach((bits, y) => {
        bits.forEach((bit, x) => {
          context.fillStyle = `hsl(${hue} 90% ${bit ? 80 : 10}%)`;
          context.fillRect(x * blockWidth, y * blockHeight, Math.ceil(blockWidth), Math.ceil(blockHeight));
        });
      });
      if (shows === 'time') drawGrain(context, width, height);
      counter = (counter + 1) % 256;
      const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
      writer.write(frame).catch(() => clearInterval(timer)); // The track was stopped.
      const nowMs = performance.now();
      restUntilMs = nowMs + (nowMs - fromMs);
    };
    const timer = setInterval(draw, 1000 / framesPerSecond);
    draw();
    return track;
  };

  let audio: MediaStreamAudioDestinationNode | undefined;
  const microphoneTrack = (frequency: number): MediaStreamTrack => {
    if (!audio) {
      const context = new AudioContext({ sampleRate: 48_000 });
      audio = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context, { frequency });
      const volume = new GainNode(context, { gain: 0.3 });
      // Opus takes a steady tone for noise and stops sending it: this one swells, as a voice does.
      const swell = new OscillatorNode(context, { frequency: 3 });
      swell.connect(new GainNode(context, { gain: 0.15 })).connect(volume.gain);
      tone.connect(volume).connect(audio);
      tone.start();
      swell.start();
    }
    const [track] = audio.stream.getAudioTracks();
    if (!track) throw new Error('no audio track');
    return track.clone();
  };

  const missing = () => new DOMException('Requested device not found', 'NotFoundError');
  const devices = navigator.mediaDevices;
  devices.getUserMedia = async (constraints = {}) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints.video && !camera) throw missing();
    if (constraints.audio && toneHz === undefined) throw missing();
    if (constraints.video && camera) {
      tracks.push(cameraTrack({ ...camera, ...(window as WithOtherCamera).otherCamera }));
    }
    if (constraints.audio && toneHz !== undefined) tracks.push(microphoneTrack(toneHz));
    return new MediaStream(tracks);
  };
  const enumerate = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () =>
    (await enumerate()).filter(({ kind }) =>
      kind === 'videoinput'
        ? camera !== undefined
        : kind === 'audioinput'
          ? toneHz !== undefined
          : kind === 'audiooutput',
    );
}
