import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { Endpoint } from '../../../protocol/recorder.ts';
import { UdpRelay, type Weathers } from './udp-relay.ts';

export interface RecorderDetour {
  /** What the recorder takes for the SFU. */
  url: string;
  /** Datagrams that the weather took on their way to the recorder. */
  dropped(): number;
  close(): Promise<void>;
}

/**
 * Stands between the SFU and a recorder, and leads the media of some people over a stretch of bad network: the endpoints
 * that the two tell each other are replaced by those of a relay, everything else passes as it is.
 */
export async function openRecorderDetour(
  sfuUrl: string,
  isLed: (connectionId: string) => boolean,
  weathers: Weathers,
): Promise<RecorderDetour> {
  const relays = new Map<string, UdpRelay>();
  const upstreams = new Set<Socket>();
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });

  const relayTo = async (connectionId: string, endpoint: Endpoint): Promise<UdpRelay> => {
    const relay = relays.get(connectionId) ?? (await UdpRelay.open(endpoint, weathers));
    relays.set(connectionId, relay);
    return relay;
  };

  server.of('/recorder').on('connection', (recorder) => {
    const sfu = io(`${sfuUrl}/recorder`, {
      auth: recorder.handshake.auth,
      transports: ['websocket'],
      forceNew: true,
    });
    upstreams.add(sfu);
    sfu.on('disconnect', () => recorder.disconnect());
    recorder.on('disconnect', () => sfu.close());
    recorder.onAny((event: string, ...rest: unknown[]) => sfu.emit(event, ...rest));
    sfu.onAny(async (event: string, data: Message, answer: (reply: Reply) => void) => {
      const { connectionId } = data;
      const isDetour = connectionId !== undefined && isLed(connectionId);
      const relay = isDetour ? relays.get(connectionId) : undefined;
      const params = relay && data.from ? { ...data, from: await relay.seenFrom(data.from) } : data;
      recorder.emit(event, params, async (reply: Reply) => {
        const endpoint = isDetour && reply.endpoint && (await relayTo(connectionId, reply.endpoint)).endpoint;
        answer(endpoint ? { ...reply, endpoint } : reply);
      });
    });
  });

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    dropped: () => [...relays.values()].reduce((sum, relay) => sum + relay.dropped, 0),
    close: async () => {
      for (const sfu of upstreams) sfu.close();
      await server.close();
      await Promise.all([...relays.values()].map((relay) => relay.close()));
    },
  };
}

/** What of the messages is looked at (protocol/recorder.ts). */
interface Message {
  connectionId?: string;
  from?: Endpoint;
}
interface Reply {
  endpoint?: Endpoint;
}
