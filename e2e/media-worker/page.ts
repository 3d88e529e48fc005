import { Device, type types } from 'mediasoup-client';

/** What the test's page may ask of the test, as `window.ask(name, argument)`. */
export interface Answers {
  capabilities: types.RtpCapabilities;
  transport: types.TransportOptions;
  connect: null;
  produce: string;
  consume: types.ConsumerOptions;
}

declare global {
  interface Window {
    ask<Name extends keyof Answers>(name: Name, argument?: unknown): Promise<Answers[Name]>;
    exchangeVideo(frames: number): Promise<Exchange>;
  }
}

/** What came back of the picture that was sent through the worker. */
export interface Exchange {
  framesDecoded: number;
  codec: string;
  srtpCipher: string;
  protocol: string;
}

/** Sends the fake camera through the worker and receives it again, until so many frames are decoded. */
window.exchangeVideo = async (frames) => {
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: await window.ask('capabilities') });
  const open = async (kind: 'send' | 'receive') => {
    const options = await window.ask('transport');
    const transport =
      kind === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      window.ask('connect', { id: transport.id, dtlsParameters }).then(() => done(), fail);
    });
    transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
      window.ask('produce', { id: transport.id, kind, rtpParameters }).then((id) => done({ id }), fail);
    });
    return transport;
  };
  const sending = await open('send');
  const receiving = await open('receive');
  const media = await navigator.mediaDevices.getUserMedia({
    video: { width: 320, height: 180, frameRate: 30 },
  });
  const [track] = media.getVideoTracks();
  if (!track) throw new Error('The fake camera gave no picture.');
  const producer = await sending.produce({ track });
  const { recvRtpCapabilities: rtpCapabilities } = device;
  const consumer = await receiving.consume(
    await window.ask('consume', { id: receiving.id, producerId: producer.id, rtpCapabilities }),
  );
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([consumer.track]);
  document.body.append(video);
  await video.play();
  for (;;) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    const stats = [...(await consumer.getStats()).values()];
    const find = (type: string) => stats.find((entry) => entry.type === type) ?? {};
    const framesDecoded = Number(find('inbound-rtp').framesDecoded ?? 0);
    if (framesDecoded < frames) continue;
    const selected = find('transport').selectedCandidatePairId;
    const pair = stats.find((entry) => entry.id === selected);
    const remote = stats.find((entry) => entry.id === pair?.remoteCandidateId);
    const { srtpCipher } = find('transport');
    return { framesDecoded, codec: find('codec').mimeType, srtpCipher, protocol: remote?.protocol };
  }
};
