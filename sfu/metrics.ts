import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { ErrorCode } from '#protocol/errors.ts';
import type { RequestName } from '#protocol/signalling.ts';
import { kernelDrops } from '#service/kernel-drops.ts';

/** What `/metrics` reads at the moment of asking. */
export interface Figures {
  workers: number;
  workerDeaths: number;
  rooms: number;
  people: number;
  waiting: number;
  transports: number;
  recorders: number;
  recordings: number;
  droppedFacts: number;
}

export interface SfuMetrics {
  request(name: RequestName | 'unknown', result: 'ok' | ErrorCode): void;
  drop(reason: string): void;
  /** A socket that we have closed: its other end does not read, or asks without end. */
  close(reason: 'unread' | 'flood'): void;
  /** A socket that was not let in. */
  refuse(who: 'participant' | 'recorder', code: ErrorCode): void;
}

/** The media workers' UDP sockets. */
interface MediaSockets {
  ports: readonly number[];
  receiveBufferBytes: number;
}

/** Registers what `/metrics` of an SFU shows. */
export function sfuMetrics(
  registry: Registry,
  figures: () => Figures,
  { ports, receiveBufferBytes }: MediaSockets,
): SfuMetrics {
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: (figures: Figures) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(figures()));
      },
    });
  };
  gauge('verbatim_media_workers', 'Media workers that serve', (now) => now.workers);
  gauge('verbatim_media_worker_deaths', 'Media workers that died since the start', (now) => now.workerDeaths);
  gauge('verbatim_rooms', 'Meetings open', (now) => now.rooms);
  gauge('verbatim_people', 'People in meetings', (now) => now.people);
  gauge('verbatim_waiting_people', 'People in waiting rooms', (now) => now.waiting);
  gauge('verbatim_transports', 'Media connections of browsers', (now) => now.transports);
  gauge('verbatim_recorders', 'Recorders that beat', (now) => now.recorders);
  gauge('verbatim_recordings', 'Recordings being made', (now) => now.recordings);
  gauge(
    'verbatim_dropped_facts',
    'Facts of running recordings for which there was no room',
    (now) => now.droppedFacts,
  );
  new Counter({
    name: 'verbatim_kernel_dropped_datagrams_total',
    help: 'Datagrams of browsers that the kernel dropped, because a receive buffer was full; Linux tells',
    registers,
    async collect() {
      this.reset();
      const drops = await kernelDrops();
      for (const port of ports) this.inc(drops?.get(port) ?? 0);
    },
  });
  new Gauge({
    name: 'verbatim_receive_buffer_bytes',
    help: "Receive buffer that the system grants each media worker's port",
    registers,
  }).set(receiveBufferBytes);
  const requests = new Counter({
    name: 'verbatim_requests_total',
    help: 'Requests of participants',
    labelNames: ['request', 'result'],
    registers,
  });
  const drops = new Counter({
    name: 'verbatim_drops_total',
    help: 'Messages that could not be used',
    labelNames: ['reason'],
    registers,
  });
  const refusals = new Counter({
    name: 'verbatim_refused_sockets_total',
    help: 'Sockets that were not let in',
    labelNames: ['who', 'code'],
    registers,
  });
  const closed = new Counter({
    name: 'verbatim_closed_sockets_total',
    help: 'Sockets closed because their other end did not read, or ignored the limits of requests',
    labelNames: ['reason'],
    registers,
  });
  return {
    close: (reason) => closed.inc({ reason }),
    refuse: (who, code) => refusals.inc({ who, code }),
    request: (request, result) => requests.inc({ request, result }),
    drop: (reason) => drops.inc({ reason }),
  };
}
