import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { Endpoint } from '#protocol/recorder.ts';
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

  const relayOf = async (connectionId: string): Promise<UdpRelay> => {
    const relay = relays.get(connectionId) ?? (await UdpRelay.open(weathers));
    relays.set(connectionId, relay);
    return relay;
  };
  /** The SFU names its end without waiting for the recorder's: the relay is there before both. */
  const pass = async (recorder: ServerSocket, [event, data, answer]: Command): Promise<void> => {
    const { connectionId, from } = data;
    const relay = connectionId !== undefined && isLed(connectionId) ? await relayOf(connectionId) : undefined;
    const params = relay && from ? { ...data, from: await relay.seenFrom(from) } : data;
    recorder.emit(event, params, (reply: Reply) => {
      if (reply.endpoint) relay?.leadTo(reply.endpoint);
      answer(relay && reply.endpoint ? { ...reply, endpoint: relay.endpoint } : reply);
    });
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
    let inOrder = Promise.resolve();
    sfu.onAny((...command: Command) => {
      inOrder = inOrder.then(() => pass(recorder, command));
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
type Command = [event: string, data: Message, answer: (reply: Reply) => void];
