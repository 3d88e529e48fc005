import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readManifest } from '#store/manifest-file.ts';
import { newRecording } from '../control/testing/open-recorder.ts';
import { RecordingPlace } from '../control/testing/recording-place.ts';
import { streams } from '../control/testing/sent-media.ts';
import { encodeSps } from '../depacketize/testing/sps-fields.ts';
import { encodeFrameHeader, packetizeVp8 } from '../depacketize/testing/vp8-packets.ts';
import { rtpPacket } from '../testing/wire.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

/** One macroblock row more than 4096 × 2304: 36,864 + 256 of them. */
const TOO_LARGE = { width: 4096, height: 2320 };
const vp8 = Buffer.concat([
  encodeFrameHeader({ keyframe: TOO_LARGE, firstPartitionBytes: 20 }),
  Buffer.alloc(100, 1),
]);
const sps = encodeSps({ profile: 66, level: 52, widthMbs: 256, heightUnits: 145 });

test.each<[string, Buffer[]]>([
  ['video/VP8', packetizeVp8(vp8, 1, 1000)],
  ['video/H264', [sps]],
])(
  '[VP82] [H2649] a picture that is too large, in %s, is told with the progress, and sound goes on',
  async (mimeType, payloads) => {
    const recorder = place.openRecorder();
    const params = newRecording();
    const { recordingId } = params;
    await recorder.commands.start(params);
    const session = await recorder.session(recordingId);
    const port = await place.receive(recorder, recordingId, 'alice-1', ['audio']);
    const codec = { ...streams.video.codec, mimeType };
    const stream = { ...streams.video, codec };
    await recorder.commands.addStream({ recordingId, connectionId: 'alice-1', stream });
    const sound = place.send(port, 3, ['audio']);
    payloads.forEach((payload, sequence) => {
      const { ssrc } = stream;
      const marker = sequence === payloads.length - 1;
      const { payloadType } = codec;
      place.sendPacket(port, rtpPacket({ payloadType, sequence, timestamp: 3000, ssrc, marker, payload }));
    });
    await vi.waitUntil(() => session.progress()[0]?.state === 'recording');
    expect(session.progress()).toMatchObject([{ source: 'camera', problem: 'picture-unsupported' }]);
    await sound;
    await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
    const { files } = await readManifest(join(place.root, recordingId));
    expect(files).toMatchObject([{ state: 'complete' }]);
    expect(files[0]?.durationMs).toBeGreaterThan(2000);
    expect(files[0]?.resolutions).toEqual([]);
    await recorder.close();
  },
);
