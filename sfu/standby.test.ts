import { expect, test } from 'vitest';
import { STANDBY_MS, standbyPlaces } from './recording/standby.ts';
import { watchConsumers } from './testing/plain-consumers.ts';
import { openMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { until } from './testing/until.ts';

test('[START1] what the host sends is ready before the press: paused, and no recorder hears of it', async () => {
  const consumers = watchConsumers();
  const { sfu, hanna, recorder } = await openMeeting();
  const pat = await TestParticipant.join(sfu);
  await pat.send('camera');
  await until('both are ready', () => consumers.length === 2);
  expect(consumers.map(({ paused }) => paused)).toEqual([true, true]);
  expect(recorder.commands).toEqual([]);
  const acknowledge = recorder.hold('addStream');
  await hanna.ask('startRecording', {});
  await until('both streams are announced', () => recorder.named('addStream').length === 2);
  expect(consumers.map(({ paused }) => paused)).toEqual([true, true]);
  acknowledge();
  await until('both flow', () => consumers.every(({ paused }) => !paused));
  const announced = recorder.named('addStream').map(({ params }) => params.stream.streamId);
  expect(new Set(announced)).toEqual(new Set(consumers.map(({ id }) => id)));
});

test('[START1] it follows what the host sends, and is given back when they leave', async () => {
  const consumers = watchConsumers();
  const { hanna, camera } = await openMeeting();
  const ready = () => consumers.filter(({ closed }) => !closed).map(({ producerId }) => producerId);
  await until('both are ready', () => ready().length === 2);
  await hanna.ask('closeProducer', { producerId: camera });
  const screen = await hanna.send('screen');
  await until('the screen is ready', () => ready().length === 2 && ready().includes(screen));
  await hanna.ask('leave', {});
  await until('nothing is', () => ready().length === 0);
});

test('[START1] a meeting that records nothing gives it back after a while, and is recorded all the same', async () => {
  const consumers = watchConsumers();
  const { sfu, hanna, recorder } = await openMeeting();
  await until('both are ready', () => consumers.length === 2);
  for (let waitedMs = 0; waitedMs < STANDBY_MS; waitedMs += 60_000) {
    expect(consumers.map(({ closed }) => closed)).toEqual([false, false]);
    sfu.clock.advance(60_000);
  }
  await until('they are given back', () => consumers.every(({ closed }) => closed));
  await hanna.ask('raiseHand', { raised: true });
  expect(consumers).toHaveLength(2);
  await until('the recorder is back', async () => {
    await recorder.beat();
    return true;
  });
  await hanna.ask('startRecording', {});
  await recorder.untilTold('addStream hanna camera');
  expect(consumers).toHaveLength(4);
});

test('[START1] all of them take a tenth of the ports at most', () => {
  const places = standbyPlaces({ portMin: 1000, portMax: 1029 });
  expect([places.take(), places.take(), places.take(), places.take()]).toEqual([true, true, true, false]);
  places.give();
  expect(places.take()).toBe(true);
});
