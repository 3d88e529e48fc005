import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ManifestFile } from '#protocol/manifest.ts';
import { kernelDrops } from '#service/kernel-drops.ts';
import type { AudioPool } from './audio/audio-pool.ts';
import type { Recorder } from './control/recorder.ts';
import type { IngestCounters } from './person/stage-counts.ts';
import type { TranscodePool } from './transcode/transcode-pool.ts';

/** What `/metrics` of a recorder shows; read from the recorder at the moment of asking. */
export function recorderMetrics(
  recorder: Recorder,
  audio: AudioPool,
  transcodes: TranscodePool,
  receiveBufferBytes: number,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'verbatim_recordings',
    help: 'Recordings being made',
    registers,
    collect() {
      this.set(recorder.recordings.length);
    },
  });
  new Gauge({
    name: 'verbatim_recorded_people',
    help: 'People being recorded',
    registers,
    collect() {
      this.set(recorder.peopleCount);
    },
  });
  new Gauge({
    name: 'verbatim_file_bytes',
    help: 'Bytes on disk of the files being written',
    registers,
    collect() {
      const files = recorder.recordings.flatMap((session) => session.progress());
      this.set(files.reduce((sum, file) => sum + file.bytes, 0));
    },
  });
  new Counter({
    name: 'verbatim_datagrams_refused_total',
    help: 'Datagrams of running recordings that were malformed, of an unannounced SSRC, or not from the SFU',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const counters of countersOf(recorder)) {
        this.inc({ reason: 'malformed' }, counters.malformed);
        this.inc({ reason: 'unannounced' }, counters.unannounced);
        this.inc({ reason: 'stranger' }, counters.strangers);
      }
    },
  });
  new Counter({
    name: 'verbatim_kernel_dropped_datagrams_total',
    help: 'Datagrams of running recordings that the kernel dropped, because a receive buffer was full; Linux tells',
    registers,
    async collect() {
      this.reset();
      const drops = await kernelDrops();
      for (const { port } of countersOf(recorder)) this.inc(port === undefined ? 0 : (drops?.get(port) ?? 0));
    },
  });
  new Gauge({
    name: 'verbatim_receive_buffer_bytes',
    help: 'Receive buffer that the system grants each socket',
    registers,
  }).set(receiveBufferBytes);
  new Counter({
    name: 'verbatim_packets_total',
    help: 'RTP packets of running recordings, by what became of them',
    labelNames: ['event'],
    registers,
    collect() {
      this.reset();
      for (const { stages } of countersOf(recorder))
        for (const [event, count] of Object.entries(stages.packets)) this.inc({ event }, count);
    },
  });
  new Counter({
    name: 'verbatim_pictures_total',
    help: 'Pictures of running recordings, by what became of them when they were put together',
    labelNames: ['event'],
    registers,
    collect() {
      this.reset();
      for (const { stages } of countersOf(recorder))
        for (const [event, count] of Object.entries(stages.pictures)) this.inc({ event }, count);
    },
  });
  new Counter({
    name: 'verbatim_pictures_left_out_total',
    help: 'Pictures of running recordings that a slow disk had no room for',
    registers,
    collect() {
      this.reset();
      this.inc(countersOf(recorder).reduce((sum, { leftOut }) => sum + leftOut, 0));
    },
  });
  new Counter({
    name: 'verbatim_packets_lost_total',
    help: 'Packets of running recordings that did not come, even after NACK, by the hop they were lost on',
    labelNames: ['kind', 'hop'],
    registers,
    collect() {
      this.reset();
      for (const { losses } of filesOf(recorder))
        for (const { hop, kind, packets } of losses) this.inc({ kind, hop }, packets);
    },
  });
  new Counter({
    name: 'verbatim_gap_seconds_total',
    help: 'Time of running recordings without media that nobody chose',
    labelNames: ['kind', 'cause'],
    registers,
    collect() {
      this.reset();
      for (const { gaps } of filesOf(recorder))
        for (const { cause, fromMs, kind, toMs } of gaps) this.inc({ kind, cause }, (toMs - fromMs) / 1000);
    },
  });
  new Gauge({
    name: 'verbatim_sync_error_seconds',
    help: 'Distance of written timestamps from capture, p95 of each file: the largest of all running ones',
    registers,
    collect() {
      this.set(Math.max(0, ...filesOf(recorder).map(({ sync }) => sync?.p95ErrorMs ?? 0)) / 1000);
    },
  });
  new Gauge({
    name: 'verbatim_audio_workers',
    help: 'Audio workers: how many there are, how often one was replaced, packets that one did not keep up with, streams silenced because workers died over them',
    labelNames: ['what'],
    registers,
    collect() {
      const { dropped, restarts, silenced, workers } = audio.stats();
      this.set({ what: 'running' }, workers);
      this.set({ what: 'replaced' }, restarts);
      this.set({ what: 'packets_dropped' }, dropped);
      this.set({ what: 'streams_silenced' }, silenced);
    },
  });
  new Gauge({
    name: 'verbatim_transcodes',
    help: 'VP8 pictures: how many are converted at once, wait for a place, and may be converted at once',
    labelNames: ['what'],
    registers,
    collect() {
      const { running, waiting } = transcodes.stats();
      this.set({ what: 'running' }, running);
      this.set({ what: 'waiting' }, waiting);
      this.set({ what: 'limit' }, transcodes.max);
    },
  });
  new Counter({
    name: 'verbatim_transcoded_pictures_total',
    help: 'VP8 pictures that were converted, left out (no place, too slow), or lost in a process that died',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      const { dropped, lost, pictures } = transcodes.stats();
      this.inc({ result: 'converted' }, pictures);
      this.inc({ result: 'left_out' }, dropped);
      this.inc({ result: 'lost' }, lost);
    },
  });
  new Counter({
    name: 'verbatim_transcoder_deaths_total',
    help: 'Converting processes that died or hung, and were replaced',
    registers,
    collect() {
      this.reset();
      this.inc(transcodes.stats().deaths);
    },
  });
  new Gauge({
    name: 'verbatim_transcode_delay_seconds',
    help: 'What conversion adds to the way of a picture, smoothed',
    registers,
    collect() {
      this.set(transcodes.stats().delayMs / 1000);
    },
  });
  return registry;
}

function countersOf(recorder: Recorder): IngestCounters[] {
  return recorder.recordings.flatMap((session) => session.counters());
}

function filesOf(recorder: Recorder): ManifestFile[] {
  return recorder.recordings.flatMap((session) => session.manifest.files);
}
