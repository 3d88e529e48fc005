import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { epochMsToNtp, rtpPacket, senderReport } from '#recorder/testing/wire.ts';
import { type Item, LOOP_MS, makeMedia, quiet } from './media.ts';
import { AUDIO, type FromSender, type Target, type ToSender, VIDEO } from './sender-messages.ts';

/**
 * Replays the same datagrams to everybody at the pace of a camera and a microphone. A process of its own: what sending
 * costs is not the recorder's.
 */
const REPORT_INTERVAL_MS = 1200;

interface Track {
  items: readonly Item[];
  stream: typeof VIDEO;
  next: number;
}

/** Media begin with the first targets: everybody gets the first keyframe. */
let startMs = Number.POSITIVE_INFINITY;
const nowMs = (): number => performance.timeOrigin + performance.now();
let targets: readonly Target[] = [];
/** RTP datagrams, Sender Reports not counted. */
let sent = 0;

/** When a track's next packet is due, from the beginning. */
function dueMs(track: Track): number {
  const loop = Math.floor(track.next / track.items.length);
  const item = track.items[track.next % track.items.length];
  return loop * LOOP_MS + (item?.atMs ?? 0);
}

/** Answers to how many. */
function send(socket: Socket, datagram: Buffer, to: (target: Target) => number | undefined): number {
  const ports = targets.flatMap((target) => to(target) ?? []);
  for (const port of ports) socket.send(datagram, port, '127.0.0.1');
  return ports.length;
}

function advance(socket: Socket, track: Track, to: (target: Target) => number | undefined): void {
  for (const elapsedMs = nowMs() - startMs; dueMs(track) <= elapsedMs; ) {
    const item = track.items[track.next % track.items.length] as Item;
    const datagram = rtpPacket({
      ...track.stream,
      sequence: track.next % 2 ** 16,
      timestamp: Math.round((dueMs(track) * track.stream.clockRate) / 1000) % 2 ** 32,
      marker: item.marker,
      payload: item.payload,
    });
    track.next += 1;
    sent += send(socket, datagram, to);
  }
}

async function main(): Promise<void> {
  const media = makeMedia();
  const video: Track = { items: media.video, stream: VIDEO, next: 0 };
  const talking: Track = { items: media.audio, stream: AUDIO, next: 0 };
  const silent: Track = { items: quiet(), stream: AUDIO, next: 0 };
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  // What the recorder asks for is read and forgotten: nothing is lost on purpose here.
  socket.on('message', () => undefined);
  setInterval(() => {
    advance(socket, video, ({ videoPort }) => videoPort);
    advance(socket, talking, ({ audioPort, talks }) => (talks ? audioPort : undefined));
    advance(socket, silent, ({ audioPort, talks }) => (talks ? undefined : audioPort));
  }, 5);
  setInterval(() => {
    const atMs = nowMs();
    if (atMs < startMs) return;
    for (const { clockRate, ssrc } of [VIDEO, AUDIO]) {
      const timestamp = Math.round(((atMs - startMs) * clockRate) / 1000) % 2 ** 32;
      const report = senderReport(ssrc, epochMsToNtp(atMs), timestamp, 0);
      send(socket, report, ({ reportsTo }) => reportsTo);
    }
  }, REPORT_INTERVAL_MS);
  process.on('message', (message: ToSender) => {
    targets = message.targets;
    startMs = nowMs();
    tell({ type: 'sending', sent });
  });
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'ready', port: socket.address().port });
}

function tell(message: FromSender): void {
  process.send?.(message);
}

await main();
