import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { JOIN_TOKEN_LIFETIME_S } from '#protocol/join-token.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';

import { SESSION_LIFETIME_S } from '../app/sessions.ts';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const HOUR_MS = 3_600_000;

/** An archive that has run for an hour when its machine's clock is set. */
async function open(stepMs: number) {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  await writeRecording(archive.recordings, sampleManifest(1));
  await archive.indexer.reconcile();
  clock.advance(HOUR_MS);
  clock.stepWall(stepMs);
  return { archive, clock };
}

test.each([8, -8])(
  'a clock that is set by %s h: links and sessions live as long as they say, from what the clock says',
  async (hours) => {
    const { archive, clock } = await open(hours * HOUR_MS);
    const admin = await askingAsAdmin(archive);
    const made = await admin('POST', `/api/recordings/${sampleId(1)}/shares`, { expiresInHours: 3 });
    expect(made.body.share.createdAtMs).toBe(clock.wallMs());
    expect(made.body.share.expiresAtMs).toBe(clock.wallMs() + 3 * HOUR_MS);
    const anyone = asking(archive);
    const status = async () => (await anyone('GET', `/api/shared/${made.body.token}`)).status;
    clock.advance(3 * HOUR_MS - 1000);
    expect(await status()).toBe(200);
    clock.advance(1000);
    expect(await status()).toBe(410);
    expect((await admin('GET', '/api/storage')).status).toBe(200);
    clock.stepWall(SESSION_LIFETIME_S * 1000);
    expect((await admin('GET', '/api/storage')).status).toBe(403);
  },
);

test.each([8, -8])(
  'a clock that is set by %s h after a link was made: it expires by the clock',
  async (hours) => {
    const { archive, clock } = await open(0);
    const admin = await askingAsAdmin(archive);
    const made = await admin('POST', `/api/recordings/${sampleId(1)}/shares`, { expiresInHours: 3 });
    const status = async () => (await asking(archive)('GET', `/api/shared/${made.body.token}`)).status;
    clock.stepWall(hours * HOUR_MS);
    expect(await status()).toBe(hours > 0 ? 410 : 200);
    clock.advance(4 * HOUR_MS);
    expect(await status()).toBe(hours > 0 ? 410 : 200);
  },
);

test.each([8, -8])('a clock that is set by %s h: invitations and the audit log go by it', async (hours) => {
  const { archive, clock } = await open(hours * HOUR_MS);
  const anyone = asking(archive);
  const meeting = (await anyone('POST', '/api/meetings', { name: 'Weekly' })).body;
  const joined = await anyone('POST', `/api/meetings/${meeting.meetingId}/join`, { name: 'Alice' });
  const { exp = 0 } = decodeJwt(joined.body.token);
  expect(exp).toBe(Math.floor(clock.wallMs() / 1000) + JOIN_TOKEN_LIFETIME_S);
  const admin = await askingAsAdmin(archive);
  const [entry] = (await admin('GET', '/api/audit')).body.entries;
  expect(entry.atMs).toBe(clock.wallMs());
});
