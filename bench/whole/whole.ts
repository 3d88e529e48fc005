import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { until } from '#e2e/testing/wait.ts';
import { Fault } from '#protocol/errors.ts';
import { mediaWorker } from '#scripts/setup/media-worker.ts';
import { root } from '#scripts/setup/places.ts';
import type { Build } from '../build.ts';
import { type Load, talks, WARM_UP_MS } from '../load.ts';
import { SenderProcess } from '../sender-process.ts';
import { SoakSystem } from '../soak/system.ts';
import { Caller } from './caller.ts';
import { coreShares, lostDatagrams, Metrics, SERVERS, SHARES, type Share } from './measurement.ts';
import type { Flows, FlowsWanted } from './sfu-process.ts';

const SFU_PROCESS = 'bench/whole/sfu-process.ts';
const PEOPLE_PER_MEETING = 10;
/** Above it a machine has too many people (docs/operations.md). */
const EVENT_LOOP_LIMIT_MS = 50;
/** What a recorder may fill of a core with its first thread: above it bursts wait. */
const FIRST_THREAD_LIMIT = 2 / 3;
/** A network needs no core: what stands for it gives way to what is measured. */
const SENDERS_NICE = 10;
/** No limit of the servers is in the way: the machine itself is measured. */
const UNLIMITED = {
  MAX_RECORDED_PEOPLE: '1000',
  MAX_RECORDED_PER_ADDRESS: '10000',
  MAX_ROOMS_PER_ADDRESS: '1000',
  LOG_LEVEL: 'error',
};

interface WholeLoad extends Load {
  /** How many others of the meeting each person sees and hears. */
  watching: number;
}

interface WholeRow {
  people: number;
  /** Of one core, in percent, everybody together. */
  shares: Record<Share, number>;
  eventLoopP99Ms: { sfu: number; recorder: number };
  lost: number;
}

/**
 * Real media server and real recorder on this machine, meetings of ten, everybody recorded, one in five talking: a size after
 * the other, until something is lost. Prints a row for each, and how many people it was.
 */
export async function printWhole(
  sizes: readonly number[],
  { audio, seconds, watching }: Pick<WholeLoad, 'audio' | 'seconds' | 'watching'>,
  builds: readonly Build[],
): Promise<void> {
  process.env.MEDIASOUP_WORKER_BIN = await mediaWorker(root, process.env);
  for (const build of builds) {
    if (!existsSync(join(build.folder, SFU_PROCESS))) throw new Error(`${build.name} has no --whole.`);
    const columns = [build.name, 'meetings', ...SHARES, 'cores', 'event loop p99: SFU, recorder', 'lost'];
    console.log(`| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`);
    const carried: WholeRow[] = [];
    for (const participants of sizes) {
      const load: WholeLoad = { participants, talking: 'fifth', audio, seconds, watching };
      const row = await runWhole(load, build).catch(refusalOf);
      if (row instanceof Fault) console.log(`| ${participants} people: ${row.code} |`);
      if (row instanceof Fault) break;
      console.log(line(row));
      if (row.lost > 0) break;
      carried.push(row);
    }
    console.log(`\n${conclusion(carried)}\n`);
  }
}

/** Servers that do not get their turn refuse: that, too, is too many. */
function refusalOf(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  throw cause;
}

function line({ eventLoopP99Ms, lost, people, shares }: WholeRow): string {
  const cores = SHARES.reduce((sum, share) => sum + shares[share], 0) / 100;
  const cells = [
    `${people} people`,
    Math.ceil(people / PEOPLE_PER_MEETING),
    ...SHARES.map((share) => `${(shares[share] / people).toFixed(2)} %`),
    cores.toFixed(2),
    `${eventLoopP99Ms.sfu.toFixed(1)} ms, ${eventLoopP99Ms.recorder.toFixed(1)} ms`,
    lost,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What was measured, and what it would be without the senders beside it. @param carried the smallest first */
function conclusion(carried: readonly WholeRow[]): string {
  const most = carried.at(-1);
  if (!most) return 'Too many already.';
  const { people, shares } = most;
  const punctual = carried.findLast(
    ({ eventLoopP99Ms: { recorder, sfu } }) => Math.max(recorder, sfu) <= EVENT_LOOP_LIMIT_MS,
  );
  const cores = availableParallelism();
  const servers = SERVERS.reduce((sum, share) => sum + shares[share], 0) / people;
  const byCores = Math.floor((100 * cores) / servers);
  const byThread = Math.floor((100 * FIRST_THREAD_LIMIT * people) / shares['recorder: first thread']);
  return (
    `${people} people with nothing lost, ${punctual?.people ?? 0} with event loops within ${EVENT_LOOP_LIMIT_MS} ms, on ${cores} cores ` +
    `that also send. SFU and recorder take ${servers.toFixed(2)} % of a core a person: by that ${byCores} would fill the cores, and ` +
    `${byThread} two thirds of one with the recorder's first thread.`
  );
}

async function runWhole(load: WholeLoad, build: Build): Promise<WholeRow> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
  try {
    return await runWholeIn(folder, load, build);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runWholeIn(folder: string, load: WholeLoad, build: Build): Promise<WholeRow> {
  const sfu = join(build.folder, SFU_PROCESS);
  const more = { ...UNLIMITED, AUDIO: load.audio };
  const system = await SoakSystem.start(folder, load.participants, { build, sfu, more });
  const callers: Caller[] = [];
  const senders: SenderProcess[] = [];
  const sink = fork(join(import.meta.dirname, 'sink.ts'));
  try {
    const [sinkPort] = (await once(sink, 'message')) as [number];
    let streams = 0;
    for (let first = 0; first < load.participants; first += PEOPLE_PER_MEETING) {
      const size = Math.min(PEOPLE_PER_MEETING, load.participants - first);
      const people = await holdMeeting(system, `whole-${first / PEOPLE_PER_MEETING}`, size);
      callers.push(...people);
      await Promise.all(
        people.map((one, place) => one.watch(after(place, people, load.watching), system, sinkPort)),
      );
      const sender = new SenderProcess();
      senders.push(sender);
      await sender.ready();
      setPriority(sender.pid, SENDERS_NICE);
      streams += 2 * size * (1 + Math.min(load.watching, size - 1));
      await until('everything flows', async () => (await flowing(system)) === streams);
      await sender.sendTo(people.map(({ door }, place) => targetAt(door, talks(load, place))));
    }
    await setTimeout(WARM_UP_MS);
    await Promise.all([Metrics.of(system, 'sfu'), Metrics.of(system, 'recorder')]);
    const shares = await coreShares(system, senders, load.seconds);
    const sfuLoop = await Metrics.of(system, 'sfu');
    const recorderLoop = await Metrics.of(system, 'recorder');
    return {
      people: load.participants,
      shares,
      eventLoopP99Ms: { sfu: sfuLoop.eventLoopP99Ms, recorder: recorderLoop.eventLoopP99Ms },
      lost: await lostDatagrams(
        system,
        senders,
        callers.map(({ door }) => door),
      ),
    };
  } finally {
    await Promise.all(senders.map((sender) => sender.end()));
    for (const caller of callers) caller.hangUp();
    await system.stop();
    // It stands still, and hears of nothing else.
    sink.kill('SIGKILL');
  }
}

const targetAt = (port: number, talks: boolean) => ({
  ...{ videoPort: port, audioPort: port, reportsTo: port },
  talks,
});

/** So many others of a meeting, from the one on who sits next. */
function after(place: number, people: readonly Caller[], count: number): Caller[] {
  return [...people.slice(place + 1), ...people.slice(0, place)].slice(0, count);
}

/** Everybody there: the host, who has pressed Record, and those who agreed on their way in. */
async function holdMeeting(system: SoakSystem, meeting: string, size: number): Promise<Caller[]> {
  const claims = Array.from({ length: size }, (_, place) => {
    const connectionId = `${meeting}-${place}`;
    return { meeting, role: place === 0 ? 'host' : 'participant', name: connectionId, connectionId } as const;
  });
  const [first, ...rest] = claims;
  if (!first) return [];
  const host = await Caller.join(system, first);
  await host.startRecording();
  return [host, ...(await Promise.all(rest.map((others) => Caller.join(system, others))))];
}

/** Streams of all meetings that flow. */
function flowing({ sfu: { child } }: SoakSystem): Promise<number> {
  return new Promise((resolve) => {
    const take = (message: Flows): void => {
      if (message.whole !== 'flows') return;
      child.off('message', take);
      resolve(message.flowing);
    };
    child.on('message', take);
    child.send({ whole: 'flows' } satisfies FlowsWanted);
  });
}
