import { expect, test } from 'vitest';
import { NETWORK_LIMITS, REQUEST_LIMITS } from './signalling/request-limits.ts';
import { openRecordedMeeting } from './testing/recorded-meeting.ts';
import { TestParticipant } from './testing/test-participant.ts';
import { openTestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

test('who has used up every other limit still withdraws, and others ask as before', async () => {
  const { hanna, recorder, sfu } = await openRecordedMeeting();
  const pat = await TestParticipant.join(sfu, {}, 'accepted');
  await pat.send('camera');
  await recorder.untilTold('addStream pat camera');
  const flood = ['raiseHand', 'sendChat', 'join', 'answerConsent', 'nonsense'].flatMap((name) =>
    Array.from({ length: 100 }, (_, count) =>
      pat.raw(name, { raised: count % 2 === 0, text: 'again', answer: 'accepted' }),
    ),
  );
  await Promise.all(flood);
  const hands = hanna.heard('personChanged').length;
  expect(hands).toBeGreaterThan(0);
  expect(hands).toBeLessThanOrEqual(REQUEST_LIMITS.hands.burst);
  await expect(pat.ask('raiseHand', { raised: true })).rejects.toMatchObject({ code: 'rate-limited' });
  expect(await pat.ask('answerConsent', { answer: 'withdrawn', erase: true })).toEqual({
    consent: 'withdrawn',
  });
  await recorder.untilTold('closeReceiver pat withdrawn');
  await hanna.ask('raiseHand', { raised: true });
});

test('another socket does not fill the limits up again', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, { role: 'host', connectionId: 'hanna' });
  const pat = await TestParticipant.join(sfu);
  const raise = (by: TestParticipant) =>
    Promise.all(
      Array.from({ length: REQUEST_LIMITS.hands.burst }, (_, count) =>
        by.raw('raiseHand', { raised: count % 2 === 0 }),
      ),
    );
  await raise(pat);
  await pat.lose();
  await until('pat is missed', () => hanna.heard('personChanged').at(-1)?.person.connected === false);
  const back = await TestParticipant.open(sfu);
  await back.ask('resume', { ticket: pat.ticket });
  await expect(back.ask('raiseHand', { raised: true })).rejects.toMatchObject({ code: 'rate-limited' });
  await hanna.ask('raiseHand', { raised: true });
});

test('who comes and goes in a loop is heard of as often as their limit says', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, { role: 'host', connectionId: 'hanna' });
  for (let socket = 0; socket < 20; socket += 1) {
    const pat = await TestParticipant.open(sfu);
    for (let time = 0; time < 4; time += 1) {
      await pat.raw('join', { rtpCapabilities: { codecs: [] } });
      await pat.raw('leave', {});
    }
    await pat.lose();
  }
  await hanna.ask('hello', {});
  const { length } = hanna.heard('personJoined');
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(REQUEST_LIMITS.entrance.burst);
  expect(hanna.heard('personLeft').length).toBeLessThanOrEqual(length);
});

test('nor does another token: who comes and goes under ever new names is heard of as often as their network’s limit says', async () => {
  const sfu = await openTestSfu();
  const hanna = await TestParticipant.join(sfu, { role: 'host', connectionId: 'hanna' });
  const burst = NETWORK_LIMITS.entrance?.burst ?? 0;
  const { length } = Array.from({ length: burst / REQUEST_LIMITS.entrance.burst + 5 });
  let [socket, refused] = [0, 0];
  for (; socket < length; socket += 1) {
    const mallory = await TestParticipant.open(sfu, { connectionId: `m-${socket}` }, '203.0.113.7');
    for (let time = 0; time < REQUEST_LIMITS.leave.burst; time += 1) {
      const visits = Array.from({ length: 3 }, () =>
        mallory.raw('join', { rtpCapabilities: { codecs: [] } }),
      );
      const replies = (await Promise.all(visits)) as { error?: { code: string } }[];
      refused += replies.filter(({ error }) => error?.code === 'rate-limited').length;
      await mallory.raw('leave', {});
    }
    await mallory.lose();
  }
  expect(refused).toBeGreaterThanOrEqual(length * REQUEST_LIMITS.entrance.burst - burst);
  const neighbour = await TestParticipant.open(sfu, { connectionId: 'quinn' }, '198.51.100.1');
  await neighbour.enter();
  expect(hanna.heard('personJoined').at(-1)?.person.connectionId).toBe('quinn');
});
