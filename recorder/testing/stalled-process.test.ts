import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Interval } from '#protocol/manifest.ts';
import type { RecorderCommandName } from '#protocol/recorder.ts';
import { scratchFolder } from '#scripts/testing/scratch-folder.ts';
import { systemClock } from '#service/clock.ts';
import { kernelDrops } from '#service/kernel-drops.ts';
import { readManifest } from '#store/manifest-file.ts';
import { newRecording } from '../control/testing/open-recorder.ts';
import { STREAMS } from './capture-rig.ts';
import { longestFreezeMs, picturesOf } from './captured-pictures.ts';
import { silentBursts } from './captured-sound.ts';
import { Hop, seeded } from './hop.ts';
import type { Order, Report } from './recorder-process.ts';
import { Sender } from './sender.ts';
import { SimulatedSfu } from './simulated-sfu.ts';

/** Lost on the uplink for good: 200 ms of sound. */
const LOST_PACKETS = 10;
const BETWEEN_MS = 1500;
/** A sender that is this late is starved itself: what it did not send in time is no fault of the recorder. */
const STARVED_MS = 400;
const OPUS_MS = 20;

const passes = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

/** A recorder's process that takes orders and may be stopped. */
async function openProcess(folder: string) {
  const recorder: ChildProcess = fork(join(import.meta.dirname, 'recorder-process.ts'), [folder]);
  onTestFinished(() => void recorder.kill('SIGKILL'));
  await once(recorder, 'message');
  return {
    async order(name: RecorderCommandName, params: object): Promise<Report> {
      recorder.send({ name, params } satisfies Order);
      return (await once(recorder, 'message'))[0];
    },
    async stopFor(ms: number): Promise<void> {
      recorder.kill('SIGSTOP');
      await passes(ms);
      recorder.kill('SIGCONT');
    },
  };
}

/** A sender and an SFU that send real datagrams, in real time. */
async function openSender() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const starved: Interval[] = [];
  const lost = { wanted: 0, packets: 0 };
  let port = 0;
  let isClosed = false;
  const sfu: SimulatedSfu = new SimulatedSfu({
    clock: systemClock,
    random: seeded(5),
    lastHop: new Hop(systemClock, seeded(6), { delayMs: 0 }),
    deliver: (datagram) => {
      if (!isClosed) socket.send(datagram, port, '127.0.0.1');
    },
    requestKeyframe: () => sender.requestKeyframe(),
  });
  socket.on('message', (datagram) => sfu.feedback(datagram));
  let sender: Sender;
  const begin = (to: number) => {
    port = to;
    sender = new Sender({
      clock: systemClock,
      onPacket: (packet) => {
        const [dueMs, nowMs] = [packet.captureMs + OPUS_MS, systemClock.nowMs()];
        if (nowMs - dueMs > STARVED_MS) starved.push({ fromMs: dueMs, toMs: nowMs });
        if (packet.kind === 'audio' && lost.packets < lost.wanted) lost.packets += 1;
        else sfu.forward(packet);
      },
    });
    return sender;
  };
  const close = () => {
    isClosed = true;
    sender.stop();
    sfu.close();
    socket.close();
  };
  return { begin, close, lost, sfu, starved, from: { address: '127.0.0.1', port: socket.address().port } };
}

test('[STALL3] a recorder that was stopped for a while reads first and judges after: what came is whole, and only what did not is missing', async () => {
  const folder = scratchFolder();
  const [recorder, outside] = await Promise.all([openProcess(folder), openSender()]);
  const start = newRecording();
  const { recordingId } = start;
  const ada = { recordingId, connectionId: 'ada-1' };
  await recorder.order('start', start);
  const { result } = await recorder.order('openReceiver', ada);
  const { port } = (result as { endpoint: { port: number } }).endpoint;
  await recorder.order('connectReceiver', { ...ada, from: outside.from });
  for (const stream of STREAMS) await recorder.order('addStream', { ...ada, stream });
  const sender = outside.begin(port);
  const fromMs = systemClock.nowMs();
  await passes(2 * BETWEEN_MS);
  const dropsOf = async () => (await kernelDrops())?.get(port) ?? 0;
  const calmMs = systemClock.nowMs();
  for (const stallMs of [1000, 1300, 4000]) {
    await recorder.stopFor(stallMs);
    await passes(BETWEEN_MS);
  }
  const keyframeRequests = outside.sfu.keyframeRequests;
  const lossFromMs = systemClock.nowMs();
  outside.lost.wanted = LOST_PACKETS;
  await recorder.stopFor(1300);
  await passes(2 * BETWEEN_MS);
  const dropped = await dropsOf();
  const toMs = systemClock.nowMs();
  const seconds = Math.floor((toMs - fromMs) / 1000);
  const { states } = await recorder.order('stop', { recordingId, reason: 'host', lastFact: 0 });
  outside.close();

  const manifest = await readManifest(join(folder, recordingId));
  const [entry] = manifest.files;
  if (!entry) throw new Error('nothing was recorded');
  const file = await readFile(join(folder, recordingId, entry.name));
  const captured = { file, originMs: manifest.startedAtMs + entry.startOffsetMs };
  const pictures = await picturesOf(captured);
  const lossSecond = Math.floor((lossFromMs - sender.soundMs(0)) / 1000);
  const heard = Array.from({ length: seconds - 1 }, (_, second) => second).filter(
    (second) => second > 1 && Math.abs(second - lossSecond) > 1,
  );
  const silent = silentBursts(captured, sender, heard);
  // What a busy machine did to the sender's first and last moments is none of it.
  const isOfStalls = (gap: Interval) =>
    manifest.startedAtMs + gap.toMs > calmMs && manifest.startedAtMs + gap.toMs <= toMs;
  const [gaps, losses] = [entry.gaps.filter(isOfStalls), entry.losses.filter(isOfStalls)];
  console.info(
    `stopped for 1.0, 1.3, 4.0 and 1.3 s: ${losses.reduce((sum, loss) => sum + loss.packets, 0)} packets noted as lost ` +
      `of ${outside.lost.packets}, gaps ${JSON.stringify(gaps)}, longest freeze ${Math.round(longestFreezeMs(pictures))} ms, ` +
      `${silent.length} of ${heard.length} bursts of sound missing, ${outside.sfu.repairs} packets sent again, ` +
      `${keyframeRequests} keyframes asked for, ${dropped} datagrams dropped by the kernel, sender starved ${outside.starved.length} times`,
  );
  expect(new Set(states)).not.toContain('failed');
  expect(pictures.filter(({ content }) => content === 'garbage')).toEqual([]);
  // What a small buffer of the kernel drops is lost, and noted; most of it the SFU sends again.
  const noted = losses.reduce((sum, { packets }) => sum + packets, 0);
  expect(noted).toBeGreaterThanOrEqual(LOST_PACKETS);
  expect(noted).toBeLessThanOrEqual(LOST_PACKETS + dropped);
  if (dropped > 0 || outside.starved.length > 0) return;
  expect(states).toEqual(['stalled', 'waiting', 'recording'].slice(-states.length));
  expect(losses.map(({ hop, kind, packets }) => ({ hop, kind, packets }))).toEqual([
    { hop: 'uplink', kind: 'audio', packets: LOST_PACKETS },
  ]);
  expect(gaps.map(({ cause, kind }) => ({ cause, kind }))).toEqual([{ cause: 'lost', kind: 'audio' }]);
  const [gap] = gaps;
  expect(Math.abs((gap?.toMs ?? 0) - (gap?.fromMs ?? 0) - LOST_PACKETS * OPUS_MS)).toBeLessThan(2 * OPUS_MS);
  expect(outside.sfu.repairs).toBe(0);
  expect(keyframeRequests).toBeLessThanOrEqual(2);
  expect(longestFreezeMs(pictures)).toBeLessThan(100);
  expect(pictures.filter(({ content }) => content === 'slate')).toEqual([]);
  expect(silent).toEqual([]);
});
