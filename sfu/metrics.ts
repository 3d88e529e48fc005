import type { Registry } from 'prom-client';
import type { ErrorCode } from '#protocol/errors.ts';
import type { RequestName } from '#protocol/signalling.ts';
import { kernelDrops } from '#service/kernel-drops.ts';
import { registryOf, Tally } from '#service/meters.ts';

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

/** What is counted as it happens. */
export class SfuTallies {
  readonly requests = new Tally<[request: RequestName | 'unknown', result: 'ok' | ErrorCode]>();
  readonly drops = new Tally<[reason: string]>();
  readonly refused = new Tally<[who: 'participant' | 'recorder', code: ErrorCode]>();
  readonly closed = new Tally<[reason: 'unread' | 'flood']>();
}

/** The media workers' UDP sockets. */
interface MediaSockets {
  ports: readonly number[];
  receiveBufferBytes: number;
}

/** What `/metrics` of an SFU shows. */
export function sfuMetrics(
  figures: () => Figures,
  tallies: SfuTallies,
  { ports, receiveBufferBytes }: MediaSockets,
): Registry {
  const now = (name: keyof Figures) => () => figures()[name];
  return registryOf([
    { name: 'verbatim_media_workers', help: 'Media workers that serve', read: now('workers') },
    {
      name: 'verbatim_media_worker_deaths',
      help: 'Media workers that died since the start',
      read: now('workerDeaths'),
    },
    { name: 'verbatim_rooms', help: 'Meetings open', read: now('rooms') },
    { name: 'verbatim_people', help: 'People in meetings', read: now('people') },
    { name: 'verbatim_waiting_people', help: 'People in waiting rooms', read: now('waiting') },
    { name: 'verbatim_transports', help: 'Media connections of browsers', read: now('transports') },
    { name: 'verbatim_recorders', help: 'Recorders that beat', read: now('recorders') },
    { name: 'verbatim_recordings', help: 'Recordings being made', read: now('recordings') },
    {
      name: 'verbatim_dropped_facts',
      help: 'Facts of running recordings for which there was no room',
      read: now('droppedFacts'),
    },
    {
      name: 'verbatim_kernel_dropped_datagrams_total',
      help: 'Datagrams of browsers that the kernel dropped, because a receive buffer was full; Linux tells',
      read: async () => {
        const drops = await kernelDrops();
        return ports.reduce((all, port) => all + (drops?.get(port) ?? 0), 0);
      },
    },
    {
      name: 'verbatim_receive_buffer_bytes',
      help: "Receive buffer that the system grants each media worker's port",
      read: () => receiveBufferBytes,
    },
    {
      name: 'verbatim_requests_total',
      help: 'Requests of participants',
      labels: ['request', 'result'],
      read: tallies.requests.read,
    },
    {
      name: 'verbatim_drops_total',
      help: 'Messages that could not be used',
      labels: ['reason'],
      read: tallies.drops.read,
    },
    {
      name: 'verbatim_refused_sockets_total',
      help: 'Sockets that were not let in',
      labels: ['who', 'code'],
      read: tallies.refused.read,
    },
    {
      name: 'verbatim_closed_sockets_total',
      help: 'Sockets closed because their other end did not read, or ignored the limits of requests',
      labels: ['reason'],
      read: tallies.closed.read,
    },
  ]);
}
