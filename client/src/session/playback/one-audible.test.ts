import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { SoundMixer } from '../ports/sound.ts';
import { MemoryVideo, memoryPlayer } from '../testing/memory-video.ts';
import { sampleTrack } from '../testing/sample-track.ts';
import { settled } from '../testing/settled.ts';
import { GroupPlayback } from './group-playback.ts';
import { placeOf } from './scene.ts';

/** As on iOS: an element that begins to be heard pauses every other one that is. */
class PhoneVideo extends MemoryVideo {
  static readonly all = new Set<PhoneVideo>();
  pauses = 0;
  gain: number | undefined;

  get isAudible(): boolean {
    return this.gain === undefined && !this.muted && this.volume > 0;
  }

  override async play(): Promise<void> {
    for (const other of PhoneVideo.all) {
      if (other === this || other.paused || !other.isAudible || !this.isAudible) continue;
      other.pauses += 1;
      other.pause();
    }
    await super.play();
  }
}

let clock: ManualClock;
let wakes: number;
const names = ['ada', 'ben', 'cem'];

const mixer: SoundMixer = {
  add(element) {
    const video = element as unknown as PhoneVideo;
    video.gain = 1;
    return {
      setGain: (gain) => {
        video.gain = gain;
      },
      close: () => {
        video.gain = undefined;
      },
    };
  },
  wake: () => {
    wakes += 1;
  },
};

beforeEach(() => {
  clock = new ManualClock();
  wakes = 0;
  PhoneVideo.all.clear();
});

function open(...[mix]: [SoundMixer?]): { group: GroupPlayback; videos: PhoneVideo[] } {
  const tracks = names.map((name) => sampleTrack(name));
  const group = new GroupPlayback({ tracks, speech: new Map() }, clock, memoryPlayer, mix);
  const videos = names.map((name, at) => {
    const video = new PhoneVideo(clock, 1 + (at - 1) / 500);
    PhoneVideo.all.add(video);
    group.attach(name, video.asElement);
    return video;
  });
  return { group, videos };
}

async function pass(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    clock.advance(50);
    await settled();
  }
}

const pauses = (videos: PhoneVideo[]) => videos.reduce((sum, video) => sum + video.pauses, 0);

test('where one element may be heard at a time everybody is heard, mixed, and nobody is paused', async () => {
  const { group, videos } = open(mixer);
  await pass(500);
  group.play();
  expect(wakes).toBe(1);
  await pass(60_000);
  expect(videos.map(({ paused }) => paused)).toEqual([false, false, false]);
  expect(pauses(videos)).toBe(0);
  const places = videos.map(({ currentTime }) => currentTime * 1000);
  expect(Math.max(...places) - Math.min(...places)).toBeLessThan(50);
});

test('without the mixer they pause each other: the rule is one', async () => {
  const { group, videos } = open();
  await pass(500);
  group.play();
  await pass(5000);
  expect(pauses(videos)).toBeGreaterThan(3);
});

test('volume, mute and "only this one" are those of the mix, and elements keep their volume', async () => {
  const { group, videos } = open(mixer);
  const gains = () => videos.map(({ gain }) => gain);
  expect(gains()).toEqual([1, 1, 1]);
  group.setVolume(0.5);
  const first = placeOf(sampleTrack('ada'));
  expect(gains()).toEqual([0.5, 0.5, 0.5]);
  group.toggleMuted(first);
  expect(gains()).toEqual([0, 0.5, 0.5]);
  group.toggleMuted(first);
  group.toggleSolo(first);
  expect(gains()).toEqual([0.5, 0, 0]);
  group.toggleSilence();
  expect(gains()).toEqual([0, 0, 0]);
  expect(videos.map(({ muted, volume }) => [muted, volume])).toEqual(videos.map(() => [true, 1]));
  group.close();
  expect(gains()).toEqual([undefined, undefined, undefined]);
});
