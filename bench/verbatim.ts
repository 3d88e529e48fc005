import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeRecordingId } from '#protocol/identifiers.ts';
import type { Endpoint, RecordedStream } from '#protocol/recorder.ts';
import type { Build } from './build.ts';
import { type Load, measure, type Row, type Spent, talks, type Usage } from './load.ts';
import { family, memoryBytes } from './process-usage.ts';
import type { RecorderHost } from './recorder-host.ts';
import { AUDIO, type Target, VIDEO } from './sender-messages.ts';
import { SenderProcess } from './sender-process.ts';

const TOKEN = 'a token of the bench alone';
/** Each recorder has a range of ports, the last of which is for its metrics. */
const [FIRST_PORT, PORTS_EACH] = [46_000, 500];
/** The last datagrams are looked for this often, and so long. */
const [LOOK_INTERVAL_MS, LOOKS] = [100, 30];
/** Each of them is answered within two seconds. */
const STOP_ATTEMPTS = 30;
const nowMs = (): number => Math.round(performance.timeOrigin + performance.now());

const STREAMS: readonly RecordedStream[] = [
  {
    streamId: 'video',
    source: 'camera',
    kind: 'video',
    codec: { mimeType: 'video/H264', payloadType: VIDEO.payloadType, clockRate: VIDEO.clockRate },
    ssrc: VIDEO.ssrc,
    paused: false,
  },
  {
    streamId: 'audio',
    source: 'microphone',
    kind: 'audio',
    codec: {
      mimeType: 'audio/opus',
      payloadType: AUDIO.payloadType,
      clockRate: AUDIO.clockRate,
      channels: 2,
    },
    ssrc: AUDIO.ssrc,
    paused: false,
  },
];

/**
 * The recorder as it is deployed, a process of its own: from socket to file, audio workers and manifest included. Several builds
 * of it take the same datagrams at the same time.
 */
export async function runVerbatim(
  load: Load,
  folder: string,
  builds: readonly Build[],
): Promise<VerbatimRow[]> {
  const sender = new SenderProcess();
  const recorders: BenchedRecorder[] = [];
  try {
    const from = { address: '127.0.0.1', port: await sender.ready() };
    for (const [place, build] of builds.entries())
      recorders.push(await BenchedRecorder.start(build, place, folder));
    const targets = await Promise.all(recorders.map((recorder) => recorder.admit(load, from)));
    await sender.sendTo(targets.flat());
    const usages = await Promise.all(recorders.map((recorder) => recorder.measure(load)));
    const sentToEach = (await sender.sendTo([])) / builds.length;
    return await Promise.all(
      recorders.map(async (recorder, place) => {
        const { dropped, ...usage } = usages[place] as (typeof usages)[number];
        return {
          recorder: recorder.build.name,
          participants: load.participants,
          talking: load.talking,
          ...usage,
          lostDatagrams: Math.max(await recorder.complete(sentToEach), dropped),
        };
      }),
    );
  } finally {
    await sender.end();
    await Promise.all(recorders.map((recorder) => recorder.end()));
  }
}

/** A recorder's row, and where its CPU went. */
export interface VerbatimRow extends Row {
  spent: Spent;
}

/** One build's recorder, with the SFU's side of its connection, and a recording. */
class BenchedRecorder {
  readonly build: Build;
  readonly #host: RecorderHost;
  readonly #process: ChildProcess;
  readonly #healthPort: number;
  readonly #folder: string;
  readonly #recordingId = makeRecordingId(nowMs(), randomBytes(8));
  readonly #idleBytes: number;
  #ports: number[] = [];

  /** @param place of this recorder among those that are measured at once */
  static async start(build: Build, place: number, root: string): Promise<BenchedRecorder> {
    const host = build.host(TOKEN);
    const ports = { min: FIRST_PORT + place * PORTS_EACH, max: FIRST_PORT + (place + 1) * PORTS_EACH - 1 };
    const folder = await mkdtemp(join(root, 'recorder-'));
    const child = await startRecorder(build, await host.listen(), ports, folder);
    await host.connected();
    return new BenchedRecorder(build, host, child, ports.max, folder);
  }

  private constructor(
    build: Build,
    host: RecorderHost,
    child: ChildProcess,
    healthPort: number,
    folder: string,
  ) {
    this.build = build;
    this.#host = host;
    this.#process = child;
    this.#healthPort = healthPort;
    this.#folder = folder;
    this.#idleBytes = memoryBytes(family(this.#pid));
  }

  /** Begins a recording, and answers where everybody's datagrams are taken. */
  async admit(load: Load, from: Endpoint): Promise<Target[]> {
    const recordingId = this.#recordingId;
    await this.#host.command('start', {
      recordingId,
      meetingId: 'bench',
      meetingName: 'Bench',
      startedAtMs: nowMs(),
      sfuInstanceId: 'bench',
      audioCodec: load.audio,
    });
    const targets: Target[] = [];
    for (let participant = 0; participant < load.participants; participant += 1) {
      const person = { recordingId, connectionId: `person-${participant}` };
      const { endpoint } = await this.#host.command('openReceiver', person);
      await this.#host.command('connectReceiver', { ...person, from });
      for (const stream of STREAMS) await this.#host.command('addStream', { ...person, stream });
      const { port } = endpoint;
      targets.push({ videoPort: port, audioPort: port, reportsTo: port, talks: talks(load, participant) });
    }
    this.#ports = targets.map(({ videoPort }) => videoPort);
    return targets;
  }

  async measure(load: Load): Promise<Usage & Pick<Row, 'eventLoopDelayP99Ms'>> {
    const usage = await measure(load, [this.#pid], this.#ports, this.#idleBytes);
    return { ...usage, eventLoopDelayP99Ms: (await this.#metric('nodejs_eventloop_lag_p99_seconds')) * 1000 };
  }

  /** Completes the recording. Answers how many of the RTP datagrams that were sent have not been processed. */
  async complete(sent: number): Promise<number> {
    const lost = await this.#missing(sent);
    await this.#stop();
    await rm(this.#folder, { recursive: true });
    return lost;
  }

  /** On a busy machine the recorder answers before its files are complete: it is asked again until they are. */
  async #stop(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#host.command('stop', { recordingId: this.#recordingId, reason: 'host', lastFact: 0 });
        return;
      } catch (cause) {
        if (attempt === STOP_ATTEMPTS) throw cause;
      }
    }
  }

  async end(): Promise<void> {
    await end(this.#process);
    await this.#host.close();
  }

  get #pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Of the recorder's /metrics, since its start. @param name with its labels, if it has any */
  async #metric(name: string): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.#healthPort}/metrics`)).text();
    const line = metrics.split('\n').find((line) => line.startsWith(`${name} `));
    if (line === undefined) throw new Error(`the recorder tells no ${name}`);
    return Number(line.slice(name.length));
  }

  /** Once all have had the time to be processed. */
  async #missing(sent: number): Promise<number> {
    for (let look = 0; ; look += 1) {
      const count = sent - (await this.#metric('verbatim_packets_total{event="received"}'));
      if (count === 0 || look === LOOKS) return count;
      await setTimeout(LOOK_INTERVAL_MS);
    }
  }
}

async function startRecorder(
  { folder, nodeFlags }: Build,
  url: string,
  ports: { min: number; max: number },
  recordings: string,
): Promise<ChildProcess> {
  const child = fork(join(folder, 'recorder/main.ts'), [], {
    silent: true,
    execArgv: [...nodeFlags],
    env: {
      ...process.env,
      SFU_URL: url,
      ARCHIVE_URL: 'http://127.0.0.1:9',
      RECORDER_TOKEN: TOKEN,
      RECORDER_HEALTH_PORT: `${ports.max}`,
      RECORDER_PORT_MIN: `${ports.min}`,
      RECORDER_PORT_MAX: `${ports.max - 1}`,
      RECORDINGS_DIR: recordings,
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
