import { setTimeout } from 'node:timers/promises';
import { kernelDrops } from '#service/kernel-drops.ts';
import { cpuSeconds, mainThreadSeconds } from '../process-usage.ts';
import type { SenderProcess } from '../sender-process.ts';
import type { SoakSystem } from '../soak/system.ts';

/** The last datagrams are looked for this often, and so long. */
const [LOOK_INTERVAL_MS, LOOKS] = [100, 50];

export const SHARES = [
  'SFU: signalling',
  'media workers',
  'recorder: first thread',
  'its other threads',
  'audio workers',
  'senders',
] as const;
export type Share = (typeof SHARES)[number];
/** Of what is measured; the senders are what the measurement itself costs. */
export const SERVERS = SHARES.filter((share) => share !== 'senders');

/** Seconds of CPU so far. The bench itself plays everybody's page, and counts among the senders. */
function cpu({ recorder, sfu }: SoakSystem, senders: readonly SenderProcess[]): Record<Share, number> {
  const first = mainThreadSeconds(recorder.pids.own);
  return {
    'SFU: signalling': cpuSeconds([sfu.pids.own]),
    'media workers': cpuSeconds(sfu.pids.children),
    'recorder: first thread': first,
    'its other threads': cpuSeconds([recorder.pids.own]) - first,
    'audio workers': cpuSeconds(recorder.pids.children),
    senders: cpuSeconds([process.pid, ...senders.map(({ pid }) => pid)]),
  };
}

/** Of one core, in percent, over so many seconds from now. */
export async function coreShares(
  system: SoakSystem,
  senders: readonly SenderProcess[],
  seconds: number,
): Promise<Record<Share, number>> {
  const [before, fromMs] = [cpu(system, senders), performance.now()];
  await setTimeout(seconds * 1000);
  const [after, spentS] = [cpu(system, senders), (performance.now() - fromMs) / 1000];
  const shares = SHARES.map((share) => [share, ((after[share] - before[share]) / spentS) * 100]);
  return Object.fromEntries(shares) as Record<Share, number>;
}

/** Of a server's /metrics, the sum over all labels; the event loop's since it was asked before. */
export class Metrics {
  readonly #text: string;

  static async of(system: SoakSystem, server: 'sfu' | 'recorder'): Promise<Metrics> {
    const port = server === 'sfu' ? system.env.SFU_PORT : system.env.RECORDER_HEALTH_PORT;
    return new Metrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  }

  private constructor(text: string) {
    this.#text = text;
  }

  /** @param name with its labels, or without them for all */
  sum(name: string): number {
    const lines = this.#text.split('\n').filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  get eventLoopP99Ms(): number {
    return this.sum('nodejs_eventloop_lag_p99_seconds') * 1000;
  }
}

/**
 * What the kernel dropped at any socket, what the recorder missed, or what was sent and never came to it: whichever is more.
 * The senders stop.
 */
export async function lostDatagrams(
  system: SoakSystem,
  senders: readonly SenderProcess[],
  doors: readonly number[],
): Promise<number> {
  const sent = await Promise.all(senders.map((sender) => sender.sendTo([])));
  const all = sent.reduce((sum, one) => sum + one, 0);
  const processed = async () =>
    (await Metrics.of(system, 'recorder')).sum('verbatim_packets_total{event="received"}');
  let missing = all - (await processed());
  for (let look = 0; missing > 0 && look < LOOKS; look += 1) {
    await setTimeout(LOOK_INTERVAL_MS);
    missing = all - (await processed());
  }
  const told = (await Metrics.of(system, 'recorder')).sum('verbatim_packets_lost_total{');
  return Math.max(missing, told, await droppedAt(system, doors));
}

async function droppedAt({ env }: SoakSystem, doors: readonly number[]): Promise<number> {
  const isOurs = (port: number): boolean =>
    doors.includes(port) ||
    (port >= Number(env.PLAIN_PORT_MIN) && port <= Number(env.PLAIN_PORT_MAX)) ||
    (port >= Number(env.RECORDER_PORT_MIN) && port <= Number(env.RECORDER_PORT_MAX));
  const drops = [...((await kernelDrops()) ?? [])].filter(([port]) => isOurs(port));
  return drops.reduce((sum, [, dropped]) => sum + dropped, 0);
}
