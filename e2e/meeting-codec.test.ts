import { expect, test } from 'vitest';
import { createMeetingResultSchema } from '#protocol/http/meetings.ts';
import type { VideoCodec } from '#protocol/people.ts';
import { rememberConnections, videoCodecsSent } from './testing/connections-in-page.ts';
import { removeH264 } from './testing/participant-media/without-h264.ts';
import type { Person } from './testing/person.ts';
import { runSystem } from './testing/run-system.ts';
import { startWithoutRecorder } from './testing/system.ts';
import { mintToken } from './testing/tokens.ts';

const CAMERA = { width: 320, height: 240, framesPerSecond: 15 };

const running = runSystem(startWithoutRecorder);

/** Ada comes in first, with a token that an integrator minted: what it says of the codec is the meeting's. */
async function adaIn(videoCodec?: VideoCodec): Promise<{ ada: Person; link: string }> {
  const made = await fetch(`${running.url}/api/meetings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Codec' }),
  });
  const { meetingId } = createMeetingResultSchema.parse(await made.json());
  const ada = await running.arrive('Ada', { owner: 1, camera: CAMERA, microphone: true });
  const claims = { meeting: meetingId, role: 'host', name: 'Ada', connectionId: 'ada' } as const;
  const token = await mintToken(running.system.secrets.JOIN_SECRET, {
    ...claims,
    ...(videoCodec && { videoCodec }),
  });
  await ada.page.route('**/api/meetings/*/join', (route) =>
    route.fulfill({ json: { token, connectionId: 'ada' } }),
  );
  await ada.page.addInitScript(rememberConnections);
  const link = `${running.url}/m/${meetingId}`;
  await ada.join(link);
  return { ada, link };
}

test('in a meeting in VP8 pages send VP8, and who cannot play H.264 sees them', async () => {
  const { ada, link } = await adaIn('vp8');
  const pat = await running.arrive('Pat', { owner: 2, camera: CAMERA, microphone: true });
  await pat.page.addInitScript(removeH264, 'receive');
  await pat.page.addInitScript(rememberConnections);
  await pat.join(link);
  await pat.untilSees(ada);
  await ada.untilSees(pat);
  for (const { page, watched } of [ada, pat]) {
    expect(await videoCodecsSent(page)).toEqual(['video/VP8']);
    expect(watched.troubles()).toEqual([]);
  }
});

test('in every other meeting they send H.264', async () => {
  const { ada } = await adaIn();
  await expect.poll(() => videoCodecsSent(ada.page)).toEqual(['video/H264']);
});
