import { Device, detectDevice } from 'mediasoup-client';
import type {
  TransportOptions as LibraryTransportOptions,
  Producer,
  RtpCapabilities,
  Transport,
} from 'mediasoup-client/types';
import type { Source } from '#protocol/people.ts';
import type {
  IceServers,
  MediaDevice,
  MediaEngine,
  ReceiveCapabilities,
  ReceiveTransport,
  Sender,
  SendTransport,
  SentParameters,
  TransportHooks,
  TransportOffer,
} from '../session/ports/media.ts';
import { cameraLayers, type PictureSize } from './camera-layers.ts';
import { pictureCounts } from './picture-counts.ts';
import { isVp8, sendOptions } from './send-options.ts';

/*
 * The protocol's schemas look at parts of mediasoup's objects and let the rest pass through; the library checks them
 * again. Hence the casts between its types and ours.
 */

/** @param mostLayers in how many sizes a camera is sent at once, at the most */
export function mediasoupEngine(mostLayers: number): MediaEngine {
  return {
    get isSupported() {
      return typeof RTCPeerConnection === 'function' && detectDevice() !== undefined;
    },
    async load(router) {
      const device = await Device.factory();
      await device.load({ routerRtpCapabilities: router as RtpCapabilities });
      return wrapDevice(device, mostLayers);
    },
  };
}

function wrapDevice(device: Device, mostLayers: number): MediaDevice {
  const receiveCapabilities = device.recvRtpCapabilities;
  return {
    receiveCapabilities: receiveCapabilities as ReceiveCapabilities,
    canReceiveH264: (receiveCapabilities.codecs ?? []).some(({ mimeType }) =>
      /^video\/h264$/i.test(mimeType),
    ),
    openSend(offer, iceServers, hooks) {
      const transport = device.createSendTransport(optionsOf(offer, iceServers));
      watch(transport, hooks);
      transport.on('produce', ({ rtpParameters, appData }, done, failed) => {
        const { source, paused } = appData as { source: Source; paused: boolean };
        hooks
          .produce({ source, paused, rtpParameters: rtpParameters as SentParameters })
          .then((id) => done({ id }), failed);
      });
      return wrapSend(transport, device, mostLayers);
    },
    openReceive(offer, iceServers, hooks) {
      const transport = device.createRecvTransport(optionsOf(offer, iceServers));
      watch(transport, hooks);
      return wrapReceive(transport);
    },
  };
}

function optionsOf(offer: TransportOffer, iceServers: IceServers): LibraryTransportOptions {
  return { ...offer, iceServers } as unknown as LibraryTransportOptions;
}

function watch(transport: Transport, hooks: TransportHooks): void {
  transport.on('connect', ({ dtlsParameters }, done, failed) => {
    hooks.connect(dtlsParameters).then(done, failed);
  });
  transport.on('connectionstatechange', (state) => {
    if (state === 'disconnected') hooks.interrupted();
    else if (state === 'failed') hooks.failed();
    else if (state === 'connected') hooks.connected();
  });
}

const restartIce =
  (transport: Transport): SendTransport['restartIce'] =>
  (iceParameters) =>
    transport.restartIce({ iceParameters });

function wrapSend(transport: Transport, device: Device, mostLayers: number): SendTransport {
  return {
    id: transport.id,
    restartIce: restartIce(transport),
    close: () => transport.close(),
    async send(source, track, paused, codec) {
      const producer = await transport.produce({
        track,
        // The devices own their tracks: they mute and stop them.
        stopTracks: false,
        disableTrackOnPause: false,
        appData: { source, paused },
        ...sendOptions({
          source,
          codecs: device.sendRtpCapabilities.codecs ?? [],
          codec,
          size: sizeOf(track),
          mostLayers,
        }),
      });
      if (paused) producer.pause();
      await keepResolution(producer);
      return wrapProducer(producer, transport, device);
    },
  };
}

function wrapProducer(producer: Producer, transport: Transport, device: Device): Sender {
  const { codecs } = producer.rtpParameters;
  return {
    producerId: producer.id,
    canSendVp8Instead:
      producer.kind === 'video' &&
      !codecs.some(isVp8) &&
      (device.sendRtpCapabilities.codecs ?? []).some(isVp8),
    async countPictures() {
      if (producer.closed || transport.connectionState !== 'connected') return undefined;
      // A sender that is closed meanwhile says nothing more.
      const stats = await producer.getStats().catch(() => undefined);
      return stats && pictureCounts(stats);
    },
    async replaceTrack(track) {
      await producer.replaceTrack({ track: track ?? null });
      if (track) await fitLayers(producer, track);
    },
    pause: () => producer.pause(),
    resume: () => producer.resume(),
    close: () => producer.close(),
  };
}

/** What the camera says of itself; undefined until it has given its first picture, in some browsers. */
function sizeOf(track: MediaStreamTrack): PictureSize | undefined {
  const { height, width } = track.getSettings();
  return width && height ? { width, height } : undefined;
}

/** Another camera may be of another size: the layers of the one before would cut it down. */
async function fitLayers(producer: Producer, track: MediaStreamTrack): Promise<void> {
  await changeLayers(producer, ({ encodings }) => {
    const layers = cameraLayers(sizeOf(track), encodings.filter(({ active }) => active).length);
    encodings.forEach((encoding, index) => void Object.assign(encoding, layers[index]));
  });
}

/**
 * A busy computer is to give up pictures, not their size: with a smaller one libwebrtc would also leave out the largest
 * layer, which is the one that is recorded.
 */
async function keepResolution(producer: Producer): Promise<void> {
  await changeLayers(producer, (parameters) => {
    parameters.degradationPreference = 'maintain-resolution';
  });
}

async function changeLayers(
  { rtpSender }: Producer,
  change: (parameters: RTCRtpSendParameters) => void,
): Promise<void> {
  const parameters = rtpSender?.getParameters();
  if (!rtpSender || !parameters || parameters.encodings.length <= 1) return;
  change(parameters);
  // A browser that does not take it sends all the same, only less well.
  await rtpSender
    .setParameters(parameters)
    .catch((cause: unknown) => console.warn('layers-not-changed', cause));
}

function wrapReceive(transport: Transport): ReceiveTransport {
  return {
    id: transport.id,
    restartIce: restartIce(transport),
    close: () => transport.close(),
    async receive({ consumerId, producerId, kind, rtpParameters }) {
      const consumer = await transport.consume({
        id: consumerId,
        producerId,
        kind,
        rtpParameters: rtpParameters as Parameters<typeof transport.consume>[0]['rtpParameters'],
      });
      return { track: consumer.track, close: () => consumer.close() };
    },
  };
}
