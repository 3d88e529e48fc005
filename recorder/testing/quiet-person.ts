import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextTurn } from '#service/clock.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { TICK_MS } from '../control/recorder.ts';
import { CaptureRig } from './capture-rig.ts';
import { Sender } from './sender.ts';
import { FIRST_SSRC, PAYLOAD_TYPE } from './simulated-sfu.ts';
import { rtpPacket } from './wire.ts';

/** What came of a person who shows a picture and says nothing. */
export interface Quiet {
  packets: number;
  /** RTCP that went back. */
  feedback: number;
}

/** Records one for so long, without a network. @param eachSecond called before each second, with what was counted so far */
export async function recordQuietPerson(
  seconds: number,
  eachSecond: (second: number, so: Readonly<Quiet>) => void,
): Promise<void> {
  // Made beforehand: what a camera takes is none of the recorder's.
  const datagrams = datagramsOf(seconds);
  const clock = new ManualClock();
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-quiet-'));
  const so: Quiet = { packets: 0, feedback: 0 };
  try {
    const onFeedback = (): void => {
      so.feedback += 1;
    };
    const rig = new CaptureRig({ clock, folder, onFeedback });
    await rig.open();
    for (let atMs = 0; atMs < seconds * 1000; atMs += TICK_MS) {
      if (atMs % 1000 === 0) eachSecond(atMs / 1000, so);
      clock.advance(TICK_MS);
      for (const datagram of datagrams.get(atMs + TICK_MS) ?? []) rig.person.datagram(datagram);
      so.packets += datagrams.get(atMs + TICK_MS)?.length ?? 0;
      // The disk works in real time.
      await nextTurn();
    }
    await rig.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** By the tick with which they come. */
function datagramsOf(seconds: number): Map<number, Buffer[]> {
  const clock = new ManualClock(0);
  const datagrams = new Map<number, Buffer[]>();
  let tick: Buffer[] = [];
  const sender = new Sender({
    ...{ clock, quiet: true },
    onPacket: ({ kind, marker, payload, sequence, timestamp }) => {
      const stream = { ssrc: FIRST_SSRC[kind], payloadType: PAYLOAD_TYPE[kind] };
      tick.push(rtpPacket({ ...stream, marker, payload, sequence, timestamp }));
    },
  });
  for (let atMs = TICK_MS; atMs <= seconds * 1000; atMs += TICK_MS) {
    clock.advance(TICK_MS);
    datagrams.set(atMs, tick);
    tick = [];
  }
  sender.stop();
  return datagrams;
}
