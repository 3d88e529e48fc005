import { AacEncoder } from '#recorder/audio/aac-encoder.ts';
import { OpusDecoder } from '#recorder/audio/opus-decoder.ts';
import { SILENT_FRAMES } from '#recorder/audio/silent-frames.ts';
import { StreamTranscoder } from '#recorder/audio/stream-transcoder.ts';
import { type AccessUnit, H264Depacketizer } from '#recorder/depacketize/h264.ts';
import { FlvMuxer } from '#recorder/flv/flv-muxer.ts';
import { encodeRtpPacket, parseRtpPacket, type RtpPacket } from '#recorder/rtp/rtp-packet.ts';
import { type OrderedItem, RtpReceiver } from '#recorder/rtp/rtp-receiver.ts';
import { StreamClock } from '#recorder/timeline/stream-clock.ts';
import { type Item, LOOP_MS, type Media } from './media.ts';

export interface Stage {
  stage: string;
  nsPerPacket: number;
}

/** The best of so many rounds over the same media: what comes on top is the machine's other work. */
const ROUNDS = 12;
const SAMPLES_PER_MS = 48;
const SSRC = 1;

/** What each stage costs for a packet that goes into it, each measured alone, with what the one before it made. */
export async function measureStages(media: Media): Promise<Stage[]> {
  const datagrams = datagramsOf(media.video, 90);
  const packets = datagrams.map(parseRtpPacket);
  const items = orderOf(packets);
  const units = unitsOf(items);
  const perPacket = (work: () => unknown): number => bestNs(work) / packets.length;
  const perSound = (work: () => unknown): number => bestNs(work) / media.audio.length;
  const silence = SILENT_FRAMES[1];
  using decoder = await OpusDecoder.open(1);
  using encoder = new AacEncoder(1);
  return [
    { stage: 'read the RTP header', nsPerPacket: perPacket(() => datagrams.map(parseRtpPacket)) },
    { stage: 'order', nsPerPacket: perPacket(() => orderOf(packets)) },
    { stage: 'put pictures together (H.264)', nsPerPacket: perPacket(() => unitsOf(items)) },
    { stage: 'tell their time', nsPerPacket: perPacket(() => timesOf(items)) },
    { stage: 'make FLV tags', nsPerPacket: perPacket(() => tagsOf(units)) },
    {
      stage: 'decode Opus',
      nsPerPacket: perSound(() => media.audio.map(({ payload }) => decoder.decode(payload))),
    },
    {
      stage: 'decode, place, encode as AAC',
      nsPerPacket: perSound(() => {
        const transcoder = new StreamTranscoder({
          ...{ channels: 1, decoder, encoder, silentFrame: silence, firstFrame: 0 },
        });
        for (const { atMs, payload } of media.audio) transcoder.push(atMs * SAMPLES_PER_MS, payload);
        transcoder.finish(LOOP_MS * SAMPLES_PER_MS);
      }),
    },
  ];
}

function bestNs(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = process.hrtime.bigint();
    work();
    best = Math.min(best, Number(process.hrtime.bigint() - from));
  }
  return best;
}

function datagramsOf(items: readonly Item[], ticksPerMs: number): Buffer[] {
  return items.map(({ atMs, marker, payload }, index) =>
    encodeRtpPacket({
      ...{ payloadType: 102, ssrc: SSRC, marker, payload },
      sequenceNumber: index % 2 ** 16,
      timestamp: Math.round(atMs * ticksPerMs),
    }),
  );
}

function orderOf(packets: readonly RtpPacket[]): OrderedItem[] {
  const receiver = new RtpReceiver({
    ...{ ssrc: SSRC, localSsrc: 2, cname: 'bench', payloadType: 102, clockRate: 90_000, kind: 'video' },
  });
  return packets.flatMap((packet) => {
    const nowMs = packet.timestamp / 90;
    const items = receiver.push(packet, nowMs);
    receiver.feedback(nowMs);
    return items;
  });
}

function unitsOf(items: readonly OrderedItem[]): AccessUnit[] {
  const depacketizer = new H264Depacketizer();
  return items.flatMap((item) => depacketizer.push(item));
}

function timesOf(items: readonly OrderedItem[]): number {
  const clock = new StreamClock({ clockRate: 90_000, kind: 'video' });
  let lastMs = 0;
  for (const item of items) {
    if (item.type !== 'packet') continue;
    clock.onPacket(item.timestamp, item.arrivalMs);
    if (item.marker) lastMs = clock.toWallMs(item.timestamp);
  }
  return lastMs;
}

function tagsOf(units: readonly AccessUnit[]): Buffer[][] {
  const muxer = new FlvMuxer({ encoder: 'bench', createdAtMs: 0, channels: 1, sampleRate: 48_000 });
  muxer.begin();
  return units.map((unit) => muxer.video(unit, unit.timestamp / 90));
}
