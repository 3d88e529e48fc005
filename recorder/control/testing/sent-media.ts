import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { RecordedStream } from '#protocol/recorder.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const VIDEO_SSRC = 0x11111111;
const AUDIO_SSRC = 0x22222222;

/** What an SFU announces of what `sendMedia` sends. */
export const streams: Record<'audio' | 'video', RecordedStream> = {
  video: {
    streamId: 'consumer-video',
    source: 'camera',
    kind: 'video',
    codec: { mimeType: 'video/H264', payloadType: 102, clockRate: 90000 },
    ssrc: VIDEO_SSRC,
    paused: false,
  },
  audio: {
    streamId: 'consumer-audio',
    source: 'microphone',
    kind: 'audio',
    codec: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48000, channels: 2 },
    ssrc: AUDIO_SSRC,
    paused: false,
  },
};

const SOURCES = '-re -f lavfi -i testsrc=s=320x240:r=30 -re -f lavfi -i sine=f=440:r=48000';
const X264 = '-c:v libx264 -profile:v baseline -tune zerolatency -preset ultrafast -g 60 -pix_fmt yuv420p';
const OUTPUTS = {
  video: `-map 0:v ${X264} -ssrc ${VIDEO_SSRC} -payload_type 102 -f rtp`,
  audio: `-map 1:a -c:a libopus -ac 1 -ssrc ${AUDIO_SSRC} -payload_type 111 -f rtp`,
};

/**
 * Real RTP and RTCP from ffmpeg, in real time, sent on to this port of ours.
 * @param from the socket that stands for the SFU's transport
 */
export async function sendMedia(
  from: Socket,
  port: number,
  seconds: number,
  kinds: readonly ('audio' | 'video')[],
): Promise<void> {
  const relay = createSocket('udp4').bind(0, '127.0.0.1');
  await once(relay, 'listening');
  relay.on('message', (datagram) => from.send(datagram, port, '127.0.0.1'));
  const here = relay.address().port;
  const to = `rtp://127.0.0.1:${here}?rtcpport=${here}&pkt_size=1200`;
  const outputs = kinds.flatMap((kind) => ['-t', `${seconds}`, ...OUTPUTS[kind].split(' '), to]);
  const ffmpeg = spawn(FFMPEG, ['-v', 'error', ...SOURCES.split(' '), ...outputs], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(ffmpeg, 'exit');
  relay.close();
}
