import '#service/owner-umask.ts';

import { randomUUID } from 'node:crypto';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { AwakeClock } from '#service/awake-clock.ts';
import { systemClock } from '#service/clock.ts';
import { takeConfig } from '#service/config.ts';
import { openHealthServer } from '#service/health.ts';
import { inTime } from '#service/in-time.ts';
import { openLog } from '#service/log.ts';
import { grantedReceiveBuffer, RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { requireFolder } from '#service/require-folder.ts';
import { announceReady, exitWithFailure, onStopRequested } from '#service/supervised.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { AudioPool } from './audio/audio-pool.ts';
import { KeptSounds } from './audio/kept-sound.ts';
import { configFields } from './config.ts';
import { ArchiveHints } from './control/archive-hints.ts';
import { RECORDER_ANSWERS_WITHIN_MS, Recorder } from './control/recorder.ts';
import { Recovery } from './control/recovery.ts';
import { SfuClock } from './control/sfu-clock.ts';
import { SfuLink } from './control/sfu-link.ts';
import { openMediaSockets } from './ingest/open-sockets.ts';
import { PortRange } from './ingest/port-range.ts';
import { recorderMetrics } from './metrics.ts';

import { Recordings } from './storage/recordings.ts';
import { Clocks } from './timeline/clocks.ts';
import { TranscodePool } from './transcode/transcode-pool.ts';

const ENCODER = 'Verbatim 0.1';
const HOUR_MS = 3_600_000;
/** Whoever stops us kills us after 10 s (`scripts/start.ts`), and a disk that hangs may hang for ever. */
const STOP_WITHIN_MS = 4500;

async function main(): Promise<void> {
  const config = takeConfig(configFields);
  const log = openLog('recorder', config.LOG_LEVEL);
  const clock = systemClock;
  const awake = new AwakeClock(clock);
  const instanceId = randomUUID();
  const recordings = new Recordings(config.RECORDINGS_DIR);
  const locks = new Locks(thisOwner(config.RECORDER_ID, instanceId));
  await requireFolder('RECORDINGS_DIR', config.RECORDINGS_DIR);
  const { recordedPerson } = RECEIVE_BUFFER_BYTES;
  const receiveBufferBytes = await grantedReceiveBuffer(config.RECORDER_HOST, recordedPerson, log);
  const ports = new PortRange(config.RECORDER_PORT_MIN, config.RECORDER_PORT_MAX);
  const sockets = await openMediaSockets(config.RECORDER_HOST, ports, clock);
  if (!sockets.isBatched)
    log.info('receiving-unbatched', { remedy: 'none needed: it works, and costs more' });
  const audio = new AudioPool({ log, clock });
  const kept = new KeptSounds();
  let audioWorks: Promise<void> | undefined;
  const inAac = () => {
    if (!audioWorks) {
      audioWorks = audio.start();
      // Of a recorder that makes AAC by itself this ends the start, below; else it is silence for who wanted AAC, and for nobody else.
      audioWorks.catch((cause: Error) => log.error('audio-workers-failed', { cause: cause.message }));
    }
    return audio;
  };
  const transcodes = new TranscodePool({
    ffmpeg: config.FFMPEG_PATH ?? 'ffmpeg',
    max: config.MAX_TRANSCODES,
    log,
    clock: awake,
  });
  const sfuClock = new SfuClock();
  const hints = new ArchiveHints({ url: config.ARCHIVE_URL, token: config.RECORDER_TOKEN, log });
  const hint = (recordingId: string) => hints.changed(recordingId);

  const recorder = new Recorder({
    context: {
      clock,
      log,
      recordings,
      locks,
      transcodes,
      sockets,
      clocks: new Clocks(
        () => clock.nowMs(),
        () => sfuClock.offsetMs,
      ),
      encoder: ENCODER,
      onProgress: () => link.beat(),
      onManifest: hint,
    },
    audioIn: (codec = config.AUDIO) => (codec === 'opus' ? kept : inAac()),
    awake,
    recorderId: config.RECORDER_ID,
    capacity: config.MAX_RECORDED_PEOPLE,
    maxRecordingMs: config.MAX_RECORDING_HOURS * HOUR_MS,
    minFreeBytes: config.MIN_FREE_DISK,
    onEnded: (recordingId, error) => link.ended(recordingId, error),
  });
  const link = new SfuLink({
    url: config.SFU_URL,
    token: config.RECORDER_TOKEN,
    handshake: {
      version: PROTOCOL_VERSION,
      recorderId: config.RECORDER_ID,
      instanceId,
      capacity: config.MAX_RECORDED_PEOPLE,
    },
    clock,
    log,
    sfuClock,
    commands: recorder.commands,
    takeFacts: async ({ recordingId, facts }) => (await recorder.session(recordingId)).takeFacts(facts),
    heartbeat: () => recorder.heartbeat(),
    onLost: () => recorder.sfuLost(),
  });
  // They start while we connect, not before: after a crash a meeting waits for us, and sound can wait for them. Where sound is
  // kept they do with the first meeting that wants AAC.
  if (config.AUDIO === 'aac') inAac();
  const recovery = new Recovery({
    recordings,
    clock,
    log,
    locks,
    isRunning: (recordingId) => recorder.has(recordingId),
    onRecovered: hint,
  });
  const health = await openHealthServer({
    host: config.RECORDER_HOST,
    port: config.RECORDER_HEALTH_PORT,
    health: () => ({ ok: true, sfuConnected: link.connected, recordings: recorder.recordings.length }),
    metrics: recorderMetrics(recorder, audio, kept, transcodes, receiveBufferBytes),
  });

  onStopRequested(async () => {
    const ended = Promise.all([recovery.close(), recorder.close()]);
    await inTime(clock, RECORDER_ANSWERS_WITHIN_MS, ended);
    // From here on only the disk can hold anything up, and that needs none of these.
    link.close();
    transcodes.close();
    await audio.close();
    health.close();
    await ended;
  }, STOP_WITHIN_MS);
  if (config.AUDIO === 'aac') await audioWorks;
  announceReady();
}

main().catch(exitWithFailure);
