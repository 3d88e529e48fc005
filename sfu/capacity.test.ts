import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { vouchFor } from '#service/front-door.ts';
import { MAX_WAITING_PER_NETWORK } from './meeting/capacity.ts';
import { LOBBY_MS, WAITING_MS } from './meeting/lobby.ts';
import { GRACE_MS } from './meeting/meeting-context.ts';
import { openRecordedMeeting } from './testing/recorded-meeting.ts';
import { connect, makeToken, TestParticipant } from './testing/test-participant.ts';
import { openTestSfu, RECORDER_TOKEN, type TestSfu } from './testing/test-sfu.ts';
import { until } from './testing/until.ts';

const OFFICE = '203.0.113.9';
const HOME = '198.51.100.4';

/** The code with which somebody is refused; undefined where they are let in. */
async function refusal(sfu: TestSfu, connectionId: string, headers: Record<string, string>, meeting = 'm1') {
  const claims = { meeting, role: 'participant', name: 'Pat', connectionId };
  const token = await makeToken(claims, sfu.clock.nowMs());
  const answer = await connect(sfu.url, { token, version: PROTOCOL_VERSION }, headers);
  return 'emit' in answer ? undefined : answer.code;
}

test('one network has its share of sockets, and those who are waited for count', async () => {
  const sfu = await openTestSfu({ MAX_SOCKETS_PER_ADDRESS: 2 });
  const [ann] = [
    await TestParticipant.join(sfu, { connectionId: 'ann' }, undefined, OFFICE),
    await TestParticipant.open(sfu, { connectionId: 'ben' }, OFFICE),
  ];
  expect(await refusal(sfu, 'cem', vouchFor(OFFICE, RECORDER_TOKEN))).toBe('network-full');
  expect(await refusal(sfu, 'dan', vouchFor(HOME, RECORDER_TOKEN))).toBeUndefined();
  await ann.lose();
  const observer = await TestParticipant.join(sfu, { connectionId: 'eve' });
  await until('ann is waited for', () => {
    const people = [
      ...(observer.snapshot?.people ?? []),
      ...observer.heard('personChanged').map(({ person }) => person),
    ];
    return people.some(({ connected, connectionId }) => connectionId === 'ann' && !connected);
  });
  expect(await refusal(sfu, 'fay', vouchFor(OFFICE, RECORDER_TOKEN))).toBe('network-full');
  sfu.clock.advance(GRACE_MS);
  expect(await refusal(sfu, 'fay', vouchFor(OFFICE, RECORDER_TOKEN))).toBeUndefined();
});

test('connections that say nothing are counted from their first request on', async () => {
  const sfu = await openTestSfu({ MAX_SOCKETS_PER_ADDRESS: 1 });
  const open = async (address: string) =>
    (
      await fetch(`${sfu.url}/socket.io/?EIO=4&transport=polling`, {
        headers: vouchFor(address, RECORDER_TOKEN),
      })
    ).status;
  const answers: number[] = [];
  for (let count = 0; count < 55; count += 1) answers.push(await open(OFFICE));
  expect(answers.filter((status) => status === 200)).toHaveLength(51);
  expect(answers.at(-1)).toBe(403);
  expect(await open(HOME)).toBe(200);
});

test('one network opens its share of meetings, and enters those of others all the same', async () => {
  const sfu = await openTestSfu({ MAX_ROOMS_PER_ADDRESS: 1 });
  const office = vouchFor(OFFICE, RECORDER_TOKEN);
  const first = await TestParticipant.open(sfu, { connectionId: 'ann', meeting: 'm1' }, OFFICE);
  expect(await refusal(sfu, 'ben', office, 'm2')).toBe('network-full');
  expect(await refusal(sfu, 'cem', vouchFor(HOME, RECORDER_TOKEN), 'm2')).toBeUndefined();
  expect(await refusal(sfu, 'ben', office, 'm2')).toBeUndefined();
  await first.lose();
  await until('the meeting is over', async () => (await refusal(sfu, 'dan', office, 'm3')) === undefined);
});

test('who is in the lobby and does nothing is sent out, who joined is not', async () => {
  const sfu = await openTestSfu();
  const joined = await TestParticipant.join(sfu, { connectionId: 'ann' });
  const idle = await TestParticipant.open(sfu, { connectionId: 'ben' });
  await idle.ask('hello', {});
  sfu.clock.advance(LOBBY_MS - 1);
  expect((await idle.ask('hello', {})).meetingId).toBe('m1');
  sfu.clock.advance(1);
  await until('the idle socket is closed', () => idle.socket.disconnected);
  expect(idle.heard('ended')).toEqual([{ reason: 'idle' }]);
  expect(joined.socket.connected).toBe(true);
});

test('who waits for the host may wait for long, and one network does not fill the waiting room', async () => {
  const sfu = await openTestSfu();
  const host = await TestParticipant.join(sfu, { connectionId: 'host', role: 'host' });
  await host.ask('setAdmission', { admission: 'waiting-room' });
  const waiting: TestParticipant[] = [];
  for (let count = 0; count < MAX_WAITING_PER_NETWORK; count += 1) {
    const one = await TestParticipant.open(sfu, { connectionId: `w${count}` }, OFFICE);
    await expect(one.enter()).rejects.toMatchObject({ code: 'admission-needed' });
    waiting.push(one);
  }
  const more = await TestParticipant.open(sfu, { connectionId: 'more' }, OFFICE);
  await expect(more.enter()).rejects.toMatchObject({ code: 'network-full' });
  const other = await TestParticipant.open(sfu, { connectionId: 'other' }, HOME);
  await expect(other.enter()).rejects.toMatchObject({ code: 'admission-needed' });
  sfu.clock.advance(LOBBY_MS);
  await until('who did not get to wait is sent out', () => more.socket.disconnected);
  await expect(other.enter()).rejects.toMatchObject({ code: 'admission-needed' });
  sfu.clock.advance(WAITING_MS);
  await until('everybody is', () => waiting.every(({ socket }) => socket.disconnected));
});

test('one network has its share of recorded people, and the next one comes when somebody leaves', async () => {
  const { hanna, recorder, sfu } = await openRecordedMeeting({ MAX_RECORDED_PER_ADDRESS: 1 });
  const ann = await TestParticipant.join(sfu, { connectionId: 'ann' }, 'accepted', OFFICE);
  await recorder.untilTold('openReceiver ann');
  await TestParticipant.join(sfu, { connectionId: 'ben' }, 'accepted', OFFICE);
  await until('the host is told', () =>
    hanna.heard('problem').some(({ error }) => error.code === 'network-full'),
  );
  await TestParticipant.join(sfu, { connectionId: 'cem' }, 'accepted', HOME);
  await recorder.untilTold('openReceiver cem');
  expect(recorder.diary).not.toContain('openReceiver ben');
  await ann.ask('leave', {});
  await recorder.untilTold('closeReceiver ann left');
  await until('the place is ben’s', () => {
    recorder.beat();
    sfu.clock.advance(100);
    return recorder.diary.includes('openReceiver ben');
  });
});
