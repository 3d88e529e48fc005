import { beforeEach, describe, expect, test } from 'vitest';
import { Preferences } from '../preferences.ts';
import { MemoryCapture } from '../testing/memory-capture.ts';
import { memoryStorage } from '../testing/memory-storage.ts';
import { settled } from '../testing/settled.ts';
import { testTrack } from '../testing/tracks.ts';
import { speakerOf, trackOf } from './input-state.ts';
import { LocalDevices } from './local-devices.ts';

let capture: MemoryCapture;
let storage: ReturnType<typeof memoryStorage>;
let devices: LocalDevices;

beforeEach(() => {
  capture = new MemoryCapture();
  storage = memoryStorage();
  devices = new LocalDevices(capture, new Preferences(storage));
});

const states = () => {
  const { camera, microphone } = devices.getSnapshot();
  return [camera.status, microphone.status];
};

describe('[P3] [P4] opening both', () => {
  test('asks one question and lists what there is', async () => {
    await devices.openBoth();
    expect(capture.asked).toEqual([{ microphone: '', camera: '' }]);
    expect(states()).toEqual(['on', 'on']);
    expect(devices.getSnapshot().available.length).toBe(2);
  });

  test('one of the two is enough, and the other says why', async () => {
    capture.problems.camera = 'busy';
    await devices.openBoth();
    expect(states()).toEqual(['failed', 'on']);
    expect(devices.getSnapshot().camera).toEqual({ status: 'failed', problem: 'busy' });
  });

  test('both refused says so for both', async () => {
    capture.problems.camera = 'refused';
    capture.problems.microphone = 'refused';
    await devices.openBoth();
    expect(devices.getSnapshot().microphone).toEqual({ status: 'failed', problem: 'refused' });
    expect(devices.getSnapshot().camera).toEqual({ status: 'failed', problem: 'refused' });
    expect(capture.live).toEqual([]);
  });
});

test('mute keeps the microphone open but silent', async () => {
  await devices.openBoth();
  await devices.toggleMicrophone();
  const { microphone } = devices.getSnapshot();
  expect(microphone.status).toBe('muted');
  expect(testTrack(trackOf(microphone))).toMatchObject({ enabled: false, readyState: 'live' });
  await devices.toggleMicrophone();
  expect(testTrack(trackOf(devices.getSnapshot().microphone)).enabled).toBe(true);
  expect(capture.asked.length).toBe(1);
});

test('camera off stops the camera, and on takes a new track', async () => {
  await devices.openBoth();
  const before = trackOf(devices.getSnapshot().camera);
  await devices.toggleCamera();
  expect(testTrack(before).readyState).toBe('ended');
  expect(states()[0]).toBe('off');
  await devices.toggleCamera();
  expect(states()[0]).toBe('on');
  expect(trackOf(devices.getSnapshot().camera)).not.toBe(before);
});

test('a camera that opens after it was switched off again is closed', async () => {
  const release = capture.hold();
  const opening = devices.toggleCamera();
  await devices.toggleCamera();
  expect(states()[0]).toBe('off');
  release();
  await opening;
  expect(states()[0]).toBe('off');
  expect(capture.opened.length).toBe(1);
  expect(capture.live).toEqual([]);
});

test('what is switched off while both open stays off, and the other comes', async () => {
  const release = capture.hold();
  const opening = devices.openBoth();
  await devices.toggleCamera();
  release();
  await opening;
  expect(states()).toEqual(['off', 'on']);
});

test('a device that is unplugged is said to be lost, and can be opened again', async () => {
  await devices.openBoth();
  testTrack(trackOf(devices.getSnapshot().camera)).lose();
  expect(devices.getSnapshot().camera).toEqual({ status: 'failed', problem: 'lost' });
  await devices.toggleCamera();
  expect(states()).toEqual(['on', 'on']);
});

describe('a headset that vanishes', () => {
  const headset = { kind: 'microphone', deviceId: 'headset', label: 'Headset' } as const;
  const microphone = () => devices.getSnapshot().microphone;

  beforeEach(async () => {
    capture.devices = [...capture.devices, headset];
    await devices.openBoth();
    await devices.choose('microphone', 'headset');
  });

  async function unplug(): Promise<void> {
    const track = testTrack(trackOf(microphone()));
    capture.devices = capture.devices.filter(({ deviceId }) => deviceId !== 'headset');
    track.lose();
    await settled();
  }

  test('is replaced by the default one, with words, and offered when it is back', async () => {
    await unplug();
    expect(microphone().status).toBe('on');
    expect(testTrack(trackOf(microphone())).deviceId).toBe('mic-1');
    expect(devices.getSnapshot().replaced).toEqual({ deviceId: 'headset', label: 'Headset', isBack: false });
    capture.change([...capture.devices, headset]);
    await settled();
    expect(devices.getSnapshot().replaced?.isBack).toBe(true);
    await devices.choose('microphone', 'headset');
    expect(testTrack(trackOf(microphone())).deviceId).toBe('headset');
    expect(devices.getSnapshot().replaced).toBeUndefined();
  });

  test('leaves a muted microphone muted, and the choice for the next visit', async () => {
    await devices.toggleMicrophone();
    await unplug();
    expect(microphone().status).toBe('muted');
    expect(testTrack(trackOf(microphone())).enabled).toBe(false);
    expect(new Preferences(storage).deviceId('microphone')).toBe('headset');
  });

  test('is said to be lost where there is no other one, and nothing opens after it was switched on again', async () => {
    capture.problems.microphone = 'missing';
    await unplug();
    expect(microphone()).toEqual({ status: 'failed', problem: 'lost' });
    delete capture.problems.microphone;
    await devices.toggleMicrophone();
    const release = capture.hold();
    testTrack(trackOf(microphone())).lose();
    devices.close();
    release();
    await settled();
    expect(capture.live).toEqual([]);
  });
});

test('what the system takes away is neither muted nor off, and comes back by itself', async () => {
  await devices.openBoth();
  const tracks = capture.opened;
  for (const track of tracks) track.silence(true);
  const { camera, microphone } = devices.getSnapshot();
  expect([camera, microphone]).toMatchObject([
    { status: 'on', isSilenced: true },
    { status: 'on', isSilenced: true },
  ]);
  // A mute of their own comes on top.
  await devices.toggleMicrophone();
  expect(devices.getSnapshot().microphone.status).toBe('muted');
  await devices.toggleMicrophone();
  expect(devices.getSnapshot().microphone).toMatchObject({ status: 'on', isSilenced: true });
  for (const track of tracks) track.silence(false);
  expect(devices.getSnapshot().camera).not.toHaveProperty('isSilenced');
  expect(devices.getSnapshot().microphone).not.toHaveProperty('isSilenced');
});

test('devices that come are listed', async () => {
  capture.change([...capture.devices, { kind: 'camera', deviceId: 'cam-2', label: 'Camera 2' }]);
  await settled();
  expect(devices.getSnapshot().available.map(({ deviceId }) => deviceId)).toContain('cam-2');
});

test('a choice is remembered, takes effect at once, and leaves a muted microphone muted', async () => {
  await devices.openBoth();
  await devices.toggleMicrophone();
  await devices.choose('microphone', 'mic-1');
  expect(capture.asked.at(-1)).toEqual({ microphone: 'mic-1' });
  expect(devices.getSnapshot().microphone.status).toBe('muted');
  expect(capture.live.filter(({ kind }) => kind === 'audio').length).toBe(1);
  const later = new LocalDevices(capture, new Preferences(storage));
  expect(later.getSnapshot().chosen).toEqual({ camera: '', microphone: 'mic-1', speaker: '' });
});

describe('another device while one is in use', () => {
  test('takes its place without a gap', async () => {
    await devices.openBoth();
    const seen: string[] = [];
    devices.subscribe(() => seen.push(states()[0] ?? ''));
    const before = trackOf(devices.getSnapshot().camera);
    await devices.choose('camera', 'cam-2');
    expect(new Set(seen)).toEqual(new Set(['on']));
    expect(trackOf(devices.getSnapshot().camera)).not.toBe(before);
    expect(testTrack(before).readyState).toBe('ended');
    expect(capture.live.length).toBe(2);
  });

  test('opens after the first one is closed, where there can be only one', async () => {
    capture.opensOneAtATime = true;
    await devices.openBoth();
    await devices.choose('camera', 'cam-2');
    expect(states()).toEqual(['on', 'on']);
    expect(capture.live.length).toBe(2);
  });

  test('is muted when the microphone was muted while it opened', async () => {
    await devices.openBoth();
    const release = capture.hold();
    const choosing = devices.choose('microphone', 'mic-2');
    await devices.toggleMicrophone();
    release();
    await choosing;
    const { microphone } = devices.getSnapshot();
    expect(microphone.status).toBe('muted');
    expect(testTrack(trackOf(microphone)).enabled).toBe(false);
  });

  test('is closed again when the camera was switched off while it opened', async () => {
    await devices.openBoth();
    const release = capture.hold();
    const choosing = devices.choose('camera', 'cam-2');
    await devices.toggleCamera();
    release();
    await choosing;
    expect(states()[0]).toBe('off');
    expect(capture.live.map(({ kind }) => kind)).toEqual(['audio']);
  });
});

test('a speaker is remembered, and the browser’s own takes over while it is unplugged', () => {
  devices.chooseSpeaker('loud');
  const later = new LocalDevices(capture, new Preferences(storage)).getSnapshot();
  expect(later.chosen.speaker).toBe('loud');
  expect(speakerOf(later)).toBe('');
  const available = [{ kind: 'speaker' as const, deviceId: 'loud', label: 'Loud' }];
  expect(speakerOf({ ...later, available })).toBe('loud');
});

describe('the screen', () => {
  test('is shared with its sound, until it is toggled again', async () => {
    await devices.toggleScreen();
    expect(devices.getSnapshot().screen.status).toBe('on');
    expect(capture.live.length).toBe(2);
    await devices.toggleScreen();
    expect(devices.getSnapshot().screen).toEqual({ status: 'off' });
    expect(capture.live).toEqual([]);
  });

  test('says while the system gives no picture of it', async () => {
    await devices.toggleScreen();
    const on = { status: 'on', picture: capture.opened[0]?.asTrack };
    capture.opened[0]?.silence(true);
    expect(devices.getSnapshot().screen).toMatchObject({ ...on, isSilenced: true });
    capture.opened[0]?.silence(false);
    expect(devices.getSnapshot().screen).toMatchObject(on);
    expect(devices.getSnapshot().screen).not.toHaveProperty('isSilenced');
    await devices.toggleScreen();
    capture.opened[0]?.silence(true);
    expect(devices.getSnapshot().screen).toEqual({ status: 'off' });
  });

  test('ends with the browser’s own "Stop sharing"', async () => {
    await devices.toggleScreen();
    capture.opened[0]?.lose();
    expect(devices.getSnapshot().screen).toEqual({ status: 'off' });
    expect(capture.live).toEqual([]);
  });

  test('stays off when nothing is chosen', async () => {
    capture.screenChoice = 'nothing';
    await devices.toggleScreen();
    expect(devices.getSnapshot().screen).toEqual({ status: 'off' });
  });
});

test('[P6] closing releases everything, also what is still opening', async () => {
  await devices.openBoth();
  await devices.toggleScreen();
  await devices.toggleCamera();
  const release = capture.hold();
  const opening = devices.toggleCamera();
  devices.close();
  release();
  await opening;
  expect(capture.opened.length).toBe(5);
  expect(capture.live).toEqual([]);
  await devices.openBoth();
  expect(capture.live).toEqual([]);
});
