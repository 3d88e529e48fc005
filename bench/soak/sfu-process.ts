import { randomBytes } from 'node:crypto';
import { observer, type types } from 'mediasoup';
import type { DoorOpened, DoorWanted } from './door-messages.ts';

/**
 * The real media server, into which people without a browser can send plain RTP. Such a person makes a transport and
 * producers as a page does, but asks for a plain door first: what they produce on that transport comes in through the
 * door, and what they consume on one goes out of it, encrypted as for a page. Everything behind it, signalling, policy,
 * router and the way to the recorder, is as always, and so is everybody who has a browser.
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

/** SRTP's, as browsers have it: a key and a salt (RFC 3711 §8.2). */
const CRYPTO_SUITE = 'AES_CM_128_HMAC_SHA1_80';
const KEY_BYTES = 30;

async function openDoor({ sink, transportId }: DoorWanted): Promise<number | undefined> {
  const found = transports.get(transportId);
  if (!found) return undefined;
  const { router, transport } = found;
  const options = { listenInfo: LISTEN, rtcpMux: true };
  const plain = await router.createPlainTransport(
    sink === undefined
      ? { ...options, comedia: true }
      : { ...options, enableSrtp: true, srtpCryptoSuite: CRYPTO_SUITE },
  );
  if (sink !== undefined) {
    const keyBase64 = randomBytes(KEY_BYTES).toString('base64');
    const srtpParameters = { cryptoSuite: CRYPTO_SUITE, keyBase64 } as const;
    await plain.connect({ ip: LISTEN.ip, port: sink, srtpParameters });
  }
  if (transport.closed) {
    plain.close();
    return undefined;
  }
  transport.observer.once('close', () => plain.close());
  transport.produce = (options) => plain.produce(options);
  transport.consume = (options) => plain.consume(options);
  return plain.tuple.localPort;
}

process.on('message', (wanted: DoorWanted) => {
  if (wanted.soak !== 'door') return;
  const { transportId } = wanted;
  openDoor(wanted).then(
    (port) => process.send?.({ soak: 'door-opened', transportId, port } satisfies DoorOpened),
    () => process.send?.({ soak: 'door-opened', transportId, port: undefined } satisfies DoorOpened),
  );
});

await import('#sfu/main.ts');
