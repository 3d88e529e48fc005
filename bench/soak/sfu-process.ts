import { observer, type types } from 'mediasoup';
import type { DoorOpened, DoorWanted } from './door-messages.ts';

/**
 * The real media server, into which people without a browser can send plain RTP. Such a person makes a transport and
 * producers as a page does, but asks for a plain door first: what they produce on that transport comes in through the
 * door. Everything behind it, signalling, policy, router and the way to the recorder, is as always, and so is
 * everybody who has a browser.
 */
const LISTEN = { protocol: 'udp', ip: '127.0.0.1' } as const;
const transports = new Map<string, { router: types.Router; transport: types.WebRtcTransport }>();

observer.on('newworker', (worker) =>
  worker.observer.on('newrouter', (router) =>
    router.observer.on('newtransport', (transport) => {
      if (transport.type !== 'webrtc') return;
      transports.set(transport.id, { router, transport: transport as types.WebRtcTransport });
      transport.observer.once('close', () => transports.delete(transport.id));
    }),
  ),
);

async function openDoor(transportId: string): Promise<number | undefined> {
  const found = transports.get(transportId);
  if (!found) return undefined;
  const { router, transport } = found;
  const plain = await router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true, comedia: true });
  if (transport.closed) {
    plain.close();
    return undefined;
  }
  transport.observer.once('close', () => plain.close());
  transport.produce = (options) => plain.produce(options);
  return plain.tuple.localPort;
}

process.on('message', ({ soak, transportId }: DoorWanted) => {
  if (soak !== 'door') return;
  openDoor(transportId).then(
    (port) => process.send?.({ soak: 'door-opened', transportId, port } satisfies DoorOpened),
    () => process.send?.({ soak: 'door-opened', transportId, port: undefined } satisfies DoorOpened),
  );
});

await import('#sfu/main.ts');
