import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { AwakeClock } from '#service/awake-clock.ts';
import type { Clock } from '#service/clock.ts';
import { addressOf as clientAddress } from '#service/front-door.ts';
import { answerHealth, listen } from '#service/health.ts';
import type { Log } from '#service/log.ts';
import { grantedReceiveBuffer, RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { serverTimes } from '#service/server-times.ts';
import { policyOf } from '#service/who-may.ts';
import type { configFields } from './config.ts';
import { WorkerPool } from './media/worker-pool.ts';
import { Capacity } from './meeting/capacity.ts';
import type { Meeting } from './meeting/meeting.ts';
import { Meetings } from './meeting/meetings.ts';
import { RecordRight } from './meeting/record-right.ts';
import { type Figures, SfuTallies, sfuMetrics } from './metrics.ts';
import { RecorderDirectory } from './recording/recorder-directory.ts';
import { standbyPlaces } from './recording/standby.ts';
import { MAX_SOCKETS, serveParticipants } from './signalling/participant-namespace.ts';
import { serveRecorders } from './signalling/recorder-namespace.ts';
import { openSocketServer } from './signalling/socket-server.ts';
import { closeUnread } from './signalling/unread.ts';

const HOUR_MS = 3_600_000;
/** Every socket that may be open, and room for those who poll or ask how we are. */
const MAX_CONNECTIONS = MAX_SOCKETS + 2000;

export type SfuConfig = z.infer<z.ZodObject<typeof configFields>>;

export interface Sfu {
  /** Where signalling, /healthz and /metrics listen. */
  port: number;
  close(): Promise<void>;
}

/** Starts everything; resolves when it serves. @throws Fault `port-busy`, `media-failed` */
export async function openSfu(config: SfuConfig, { clock, log }: { clock: Clock; log: Log }): Promise<Sfu> {
  const receiveBufferBytes = await grantedReceiveBuffer(config.HOST, RECEIVE_BUFFER_BYTES.mediaPort, log);
  const pool = await WorkerPool.open({
    count: config.SFU_WORKERS,
    rtcPort: config.RTC_PORT,
    host: config.HOST,
    announcedAddress: config.ANNOUNCED_ADDRESS,
    workerBin: config.MEDIASOUP_WORKER_BIN,
    clock,
    log,
  });
  const sfuInstanceId = randomUUID();
  const { RECORD_KEY, WHO_MAY_RECORD } = config;
  const recordRight = new RecordRight(policyOf('RECORD', WHO_MAY_RECORD, RECORD_KEY), clock);
  const capacity = new Capacity({
    maxSockets: config.MAX_SOCKETS_PER_ADDRESS,
    maxRooms: config.MAX_ROOMS_PER_ADDRESS,
    maxRecorded: config.MAX_RECORDED_PER_ADDRESS,
  });
  // A recorder's silence counts only while we could have heard it.
  const awake = new AwakeClock(clock);
  const directory = new RecorderDirectory(awake, log, sfuInstanceId);
  const plain = {
    listenIp: config.PLAIN_LISTEN_IP,
    portMin: config.PLAIN_PORT_MIN,
    portMax: config.PLAIN_PORT_MAX,
  };
  const meetings = new Meetings(
    {
      pool,
      plain,
      standbyPlaces: standbyPlaces(plain),
      directory,
      capacity,
      recordRight,
      clock,
      log,
      iceServers: config.ICE_SERVERS,
      videoCodec: config.VIDEO_CODEC,
      maxPeople: config.MAX_PEOPLE_PER_ROOM,
      maxRecordingMs: config.MAX_RECORDING_HOURS * HOUR_MS,
      sfuInstanceId,
    },
    config.MAX_ROOMS,
  );

  const sum = (of: (meeting: Meeting) => number): number =>
    meetings.all.reduce((total, meeting) => total + of(meeting), 0);
  const figures = (): Figures => ({
    workers: pool.alive,
    workerDeaths: pool.deaths,
    rooms: meetings.all.length,
    people: sum(({ room }) => room.size),
    waiting: sum(({ room }) => room.doors.waiting.length),
    transports: pool.transports,
    recorders: directory.alive.length,
    recordings: sum(({ recordings }) => (recordings.current ? 1 : 0)),
    droppedFacts: sum(({ recordings }) => recordings.current?.facts.dropped ?? 0),
  });
  const tallies = new SfuTallies();
  const registry = sfuMetrics(figures, tallies, { ports: pool.ports, receiveBufferBytes });
  const health = () => ({ ok: pool.alive > 0, ...figures() });
  const http = createServer(serverTimes, async (request, response) => {
    const answer = await answerHealth(request.url ?? '/', health, registry);
    response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'text/plain' });
    response.end(answer?.body ?? 'Not found\n');
  });
  http.maxConnections = MAX_CONNECTIONS;
  const addressOf = ({ headers, socket }: IncomingMessage): string =>
    clientAddress(headers, socket.remoteAddress, config.RECORDER_TOKEN);
  const sockets = openSocketServer(http, { addressOf, maxPerNetwork: config.MAX_SOCKETS_PER_ADDRESS });
  closeUnread(sockets, () => {
    tallies.closed.add('unread');
    log.warn('socket-unread');
  });
  serveParticipants(sockets, {
    refused: (code) => tallies.refused.add('participant', code),
    joinSecret: config.JOIN_SECRET,
    meetings,
    shares: capacity.sockets,
    addressOf,
    clock,
    log,
    count: (request, result) => tallies.requests.add(request, result),
    flooded: () => tallies.closed.add('flood'),
  });
  serveRecorders(sockets, {
    token: config.RECORDER_TOKEN,
    directory,
    clock,
    log,
    dropped: (reason) => tallies.drops.add(reason),
    refused: (code) => tallies.refused.add('recorder', code),
  });

  try {
    await listen(http, config.SFU_HOST, config.SFU_PORT);
  } catch (cause) {
    awake.close();
    pool.close();
    throw cause;
  }
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      // Recordings are completed first: that takes the recorders' sockets.
      await meetings.close();
      await sockets.close();
      directory.close();
      awake.close();
      pool.close();
    },
  };
}
