import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeRecordingId } from '#protocol/identifiers.ts';
import type { RecordedStream } from '#protocol/recorder.ts';
import { RECORDER_NODE_FLAGS } from '#recorder/node-flags.ts';
import { type Load, measure, type Row, talks } from './load.ts';
import { family, memoryBytes } from './process-usage.ts';
import { RecorderHost } from './recorder-host.ts';
import type { Target } from './sender-messages.ts';
import { SenderProcess } from './sender-process.ts';

const TOKEN = 'a token of the bench alone';
const HEALTH_PORT = 46_999;
const PORTS = { min: 46_000, max: 46_998 };
/** The last datagrams are looked for this often, and so long. */
const [LOOK_INTERVAL_MS, LOOKS] = [100, 30];
const nowMs = (): number => Math.round(performance.timeOrigin + performance.now());

const STREAMS: readonly RecordedStream[] = [
  {
    streamId: 'video',
    source: 'camera',
    kind: 'video',
    codec: { mimeType: 'video/H264', payloadType: 102, clockRate: 90_000 },
    ssrc: 0x11111111,
    paused: false,
  },
  {
    streamId: 'audio',
    source: 'microphone',
    kind: 'audio',
    codec: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 },
    ssrc: 0x22222222,
    paused: false,
  },
];

/** The recorder as it is deployed, a process of its own: from socket to file, audio workers and manifest included. */
export async function runVerbatim(load: Load, folder: string): Promise<Row> {
  const host = new RecorderHost(TOKEN);
  const sender = new SenderProcess();
  const recorder = await startRecorder(await host.listen(), folder);
  try {
    await host.connected();
    const from = { address: '127.0.0.1', port: await sender.ready() };
    const idleBytes = memoryBytes(family(recorder.pid ?? 0));
    const recordingId = makeRecordingId(nowMs(), randomBytes(8));
    await host.command('start', {
      recordingId,
      meetingId: 'bench',
      meetingName: 'Bench',
      startedAtMs: nowMs(),
      sfuInstanceId: 'bench',
    });
    const targets: Target[] = [];
    for (let participant = 0; participant < load.participants; participant += 1) {
      const person = { recordingId, connectionId: `person-${participant}` };
      const { endpoint } = await host.command('openReceiver', person);
      await host.command('connectReceiver', { ...person, from });
      for (const stream of STREAMS) await host.command('addStream', { ...person, stream });
      const { port } = endpoint;
      targets.push({ videoPort: port, audioPort: port, reportsTo: port, talks: talks(load, participant) });
    }
    await sender.sendTo(targets);
    const ports = targets.map(({ videoPort }) => videoPort);
    const { dropped, ...usage } = await measure(load, [recorder.pid ?? 0], ports, idleBytes);
    const eventLoopDelayP99Ms = (await metric('nodejs_eventloop_lag_p99_seconds')) * 1000;
    const lostDatagrams = await missing(await sender.sendTo([]));
    await host.stop(recordingId);
    await rm(join(folder, recordingId), { recursive: true });
    const { participants, talking } = load;
    return {
      recorder: 'verbatim',
      participants,
      talking,
      ...usage,
      lostDatagrams: Math.max(lostDatagrams, dropped),
      eventLoopDelayP99Ms,
    };
  } finally {
    await sender.end();
    await end(recorder);
    await host.close();
  }
}

async function startRecorder(url: string, folder: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '../recorder/main.ts'), [], {
    silent: true,
    execArgv: [...RECORDER_NODE_FLAGS],
    env: {
      ...process.env,
      SFU_URL: url,
      ARCHIVE_URL: 'http://127.0.0.1:9',
      RECORDER_TOKEN: TOKEN,
      RECORDER_HEALTH_PORT: `${HEALTH_PORT}`,
      RECORDER_PORT_MIN: `${PORTS.min}`,
      RECORDER_PORT_MAX: `${PORTS.max}`,
      RECORDINGS_DIR: folder,
      MIN_FREE_DISK: '0',
      MAX_RECORDED_PEOPLE: '1000',
      LOG_LEVEL: 'error',
    },
  });
  child.stdout?.pipe(process.stderr);
  child.stderr?.pipe(process.stderr);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the recorder ended with ${code}`)));
  });
  return child;
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Of the recorder's /metrics, since its start. @param name with its labels, if it has any */
async function metric(name: string): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${HEALTH_PORT}/metrics`)).text();
  const line = metrics.split('\n').find((line) => line.startsWith(`${name} `));
  if (line === undefined) throw new Error(`the recorder tells no ${name}`);
  return Number(line.slice(name.length));
}

/** How many of the RTP datagrams that were sent have not been processed, once all have had the time. */
async function missing(sent: number): Promise<number> {
  for (let look = 0; ; look += 1) {
    const count = sent - (await metric('verbatim_packets_total{event="received"}'));
    if (count === 0 || look === LOOKS) return count;
    await setTimeout(LOOK_INTERVAL_MS);
  }
}
