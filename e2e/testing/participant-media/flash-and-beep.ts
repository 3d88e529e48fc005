/** Times on the page's audio clock, in seconds; each flash and its beep begin together, `PERIOD_S` apart. */
export const PERIOD_S = 1;
export const LENGTH_S = 0.1;

export interface FlashAndBeep {
  periodS: number;
  lengthS: number;
  framesPerSecond: number;
}

interface Flashing extends Window {
  flashesShown?: number;
}

/** Runs in the page: true once it has flashed so often. */
export function hasFlashed(count: number): boolean {
  return ((window as Flashing).flashesShown ?? 0) >= count;
}

/**
 * Runs in the page after `installFakeDevices`: the camera flashes and the microphone beeps at the same instants of one
 * audio clock. A frame is made when that clock passes its time. A flash for which a busy machine wakes the page too
 * late is left out, so that what is measured is the way to the file and not the test's own timer. The function is sent
 * to the page as text, so it may use nothing from outside.
 */
export function installFlashAndBeep({ periodS, lengthS, framesPerSecond }: FlashAndBeep): void {
  interface Generator extends MediaStreamTrack {
    readonly writable: WritableStream<VideoFrame>;
  }
  const { MediaStreamTrackGenerator } = window as unknown as {
    MediaStreamTrackGenerator: new (init: { kind: 'video' }) => Generator;
  };
  const here: Flashing = window;
  const width = 320;
  const height = 240;
  const lateS = 0.015;
  let clock: AudioContext | undefined;
  const audioClock = (): AudioContext => {
    clock ??= new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    return clock;
  };

  const microphoneTrack = (): MediaStreamTrack => {
    const context = audioClock();
    const wave = context.createBuffer(1, periodS * context.sampleRate, context.sampleRate);
    const samples = wave.getChannelData(0);
    for (let i = 0; i < lengthS * context.sampleRate; i += 1) {
      samples[i] = 0.5 * Math.sin((2 * Math.PI * 1000 * i) / context.sampleRate);
    }
    const beeps = new AudioBufferSourceNode(context, { buffer: wave, loop: true });
    const microphone = context.createMediaStreamDestination();
    beeps.connect(microphone);
    beeps.start(Math.ceil(context.currentTime / periodS + 0.5) * periodS);
    const [track] = microphone.stream.getAudioTracks();
    if (!track) throw new Error('no audio track');
    return track;
  };

  const cameraTrack = (): MediaStreamTrack => {
    const context = audioClock();
    const canvas = new OffscreenCanvas(width, height);
    const picture = canvas.getContext('2d', { alpha: false });
    if (!picture) throw new Error('no 2D canvas');
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    track.contentHint = 'motion';
    const writer = track.writable.getWriter();
    let drawn = -1;
    let flashing = false;
    const draw = (): void => {
      const nowS = context.currentTime;
      const index = Math.floor(nowS * framesPerSecond);
      if (index === drawn) return;
      drawn = index;
      const sinceS = nowS % periodS;
      const wasFlashing = flashing;
      flashing = sinceS < lengthS && (flashing || sinceS < lateS);
      if (flashing && !wasFlashing) here.flashesShown = (here.flashesShown ?? 0) + 1;
      picture.fillStyle = flashing ? '#fff' : '#000';
      picture.fillRect(0, 0, width, height);
      picture.fillStyle = '#888';
      picture.fillRect((index * 4) % width, height - 16, 16, 16);
      const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
      writer.write(frame).catch(() => clearInterval(timer)); // The track was stopped.
    };
    const timer = setInterval(draw, 2);
    return track;
  };

  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const tracks: MediaStreamTrack[] = [];
    if (constraints.video) tracks.push(cameraTrack());
    if (constraints.audio) tracks.push(microphoneTrack());
    return new MediaStream(tracks);
  };
}
