import { expect, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { AudioPool } from './audio/audio-pool.ts';
import { KeptSounds } from './audio/kept-sound.ts';
import type { Recorder } from './control/recorder.ts';
import type { RecordingSession } from './control/recording-session.ts';
import { recorderMetrics } from './metrics.ts';
import { NO_COUNTS } from './person/stage-counts.ts';
import { TranscodePool } from './transcode/transcode-pool.ts';

const loss = { fromMs: 0, toMs: 100 };

/** A recorder as far as the metrics look at it. */
const recorder = {
  peopleCount: 1,
  recordings: [
    {
      progress: () => [{ bytes: 5000 }],
      counters: () => [
        {
          ...{ malformed: 1, unannounced: 2, strangers: 3, leftOut: 4, port: 1 },
          stages: {
            packets: { ...NO_COUNTS.packets, received: 900, repaired: 6 },
            pictures: { ...NO_COUNTS.pictures, released: 30, keyframes: 2 },
          },
        },
      ],
      manifest: {
        files: [
          {
            losses: [
              { ...loss, kind: 'video', hop: 'uplink', packets: 7 },
              { ...loss, kind: 'video', hop: 'last', packets: 2 },
            ],
            gaps: [{ fromMs: 0, toMs: 2500, kind: 'video', cause: 'lost' }],
            sync: { p95ErrorMs: 6 },
          },
          { losses: [], gaps: [], sync: { p95ErrorMs: 9 } },
        ],
      },
    } as unknown as RecordingSession,
  ],
} as unknown as Recorder;

test('what was refused, lost, left out and how far it is off is in /metrics', async () => {
  const clock = new ManualClock();
  const audio = new AudioPool({ log: silentLog, clock });
  const transcodes = new TranscodePool({ ffmpeg: 'ffmpeg', max: 3, log: silentLog, clock });
  const text = await recorderMetrics(recorder, audio, new KeptSounds(), transcodes, 1_000_000).metrics();
  for (const line of [
    'verbatim_recordings 1',
    'verbatim_recorded_people 1',
    'verbatim_file_bytes 5000',
    'verbatim_datagrams_refused_total{reason="stranger"} 3',
    'verbatim_pictures_left_out_total 4',
    'verbatim_kernel_dropped_datagrams_total 0',
    'verbatim_receive_buffer_bytes 1000000',
    'verbatim_packets_total{event="repaired"} 6',
    'verbatim_pictures_total{event="released"} 30',
    'verbatim_packets_lost_total{kind="video",hop="uplink"} 7',
    'verbatim_packets_lost_total{kind="video",hop="last"} 2',
    'verbatim_gap_seconds_total{kind="video",cause="lost"} 2.5',
    'verbatim_sync_error_seconds 0.009',
    'verbatim_transcodes{what="limit"} 3',
    'verbatim_transcoded_pictures_total{result="left_out"} 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});
