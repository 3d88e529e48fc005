import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { kernelDrops } from '#service/kernel-drops.ts';
import { type Load, measure, type Row, talks } from './load.ts';
import type { Target } from './sender-messages.ts';
import { SenderProcess } from './sender-process.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const FIRST_PORT = 47_000;

/** The usual recipe: a session description and an ffmpeg for each participant, writing FLV. */
export async function runFfmpeg(load: Load, root: string): Promise<Row> {
  const folder = await mkdtemp(join(root, 'ffmpeg-'));
  const sender = new SenderProcess();
  const children: ChildProcess[] = [];
  try {
    await sender.ready();
    const targets: Target[] = [];
    for (let participant = 0; participant < load.participants; participant += 1) {
      const videoPort = FIRST_PORT + 4 * participant;
      const target = {
        videoPort,
        audioPort: videoPort + 2,
        reportsTo: undefined,
        talks: talks(load, participant),
      };
      targets.push(target);
      children.push(await startFfmpeg(join(folder, `${participant}`), target));
    }
    const ports = targets.flatMap(({ audioPort, videoPort }) => [audioPort, videoPort]);
    for (
      let open = await kernelDrops();
      !ports.every((port) => open?.has(port));
      open = await kernelDrops()
    ) {
      await setTimeout(100);
    }
    await sender.sendTo(targets);
    const pids = children.map(({ pid }) => pid ?? 0);
    const { corePercentPerParticipant, dropped, memoryBytesPerParticipant } = await measure(
      load,
      pids,
      ports,
      0,
    );
    const { participants, talking } = load;
    return {
      recorder: 'ffmpeg',
      participants,
      talking,
      corePercentPerParticipant,
      memoryBytesPerParticipant,
      lostDatagrams: dropped,
      eventLoopDelayP99Ms: undefined,
    };
  } finally {
    await sender.end();
    await Promise.all(children.map(end));
    await rm(folder, { recursive: true });
  }
}

async function startFfmpeg(path: string, { audioPort, videoPort }: Target): Promise<ChildProcess> {
  const description = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=bench',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=video ${videoPort} RTP/AVP 102`,
    'a=rtpmap:102 H264/90000',
    'a=fmtp:102 packetization-mode=1',
    `m=audio ${audioPort} RTP/AVP 111`,
    'a=rtpmap:111 opus/48000/2',
    '',
  ].join('\n');
  await writeFile(`${path}.sdp`, description);
  return spawn(
    FFMPEG,
    [
      ...['-v', 'error', '-nostdin', '-protocol_whitelist', 'file,udp,rtp', '-i', `${path}.sdp`],
      ...['-c:v', 'copy', '-c:a', 'aac', '-f', 'flv', `${path}.flv`],
    ],
    { stdio: 'ignore' },
  );
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
