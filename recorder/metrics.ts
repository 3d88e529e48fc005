import type { Registry } from 'prom-client';
import { kernelDrops } from '#service/kernel-drops.ts';
import { registryOf } from '#service/meters.ts';
import type { AudioPool } from './audio/audio-pool.ts';
import type { KeptSounds } from './audio/kept-sound.ts';
import type { Recorder } from './control/recorder.ts';
import type { TranscodePool } from './transcode/transcode-pool.ts';

/** What `/metrics` of a recorder shows. */
export function recorderMetrics(
  recorder: Recorder,
  audio: AudioPool,
  kept: KeptSounds,
  transcodes: TranscodePool,
  receiveBufferBytes: number,
): Registry {
  const counters = () => recorder.recordings.flatMap((session) => session.counters());
  const files = () => recorder.recordings.flatMap((session) => session.manifest.files);
  const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);
  return registryOf([
    { name: 'verbatim_recordings', help: 'Recordings being made', read: () => recorder.recordings.length },
    { name: 'verbatim_recorded_people', help: 'People being recorded', read: () => recorder.peopleCount },
    {
      name: 'verbatim_file_bytes',
      help: 'Bytes on disk of the files being written',
      read: () => sum(recorder.recordings.flatMap((one) => one.progress().map(({ bytes }) => bytes))),
    },
    {
      name: 'verbatim_datagrams_refused_total',
      help: 'Datagrams of running recordings that were malformed, of an unannounced SSRC, or not from the SFU',
      labels: ['reason'],
      read: () =>
        counters().flatMap(({ malformed, strangers, unannounced }) => [
          ['malformed', malformed],
          ['unannounced', unannounced],
          ['stranger', strangers],
        ]),
    },
    {
      name: 'verbatim_kernel_dropped_datagrams_total',
      help: 'Datagrams of running recordings that the kernel dropped, because a receive buffer was full; Linux tells',
      read: async () => {
        const drops = await kernelDrops();
        return sum(counters().map(({ port }) => (port === undefined ? 0 : (drops?.get(port) ?? 0))));
      },
    },
    {
      name: 'verbatim_receive_buffer_bytes',
      help: 'Receive buffer that the system grants each socket',
      read: () => receiveBufferBytes,
    },
    {
      name: 'verbatim_packets_total',
      help: 'RTP packets of running recordings, by what became of them',
      labels: ['event'],
      read: () => counters().flatMap(({ stages }) => Object.entries(stages.packets)),
    },
    {
      name: 'verbatim_pictures_total',
      help: 'Pictures of running recordings, by what became of them when they were put together',
      labels: ['event'],
      read: () => counters().flatMap(({ stages }) => Object.entries(stages.pictures)),
    },
    {
      name: 'verbatim_pictures_left_out_total',
      help: 'Pictures of running recordings that a slow disk had no room for',
      read: () => sum(counters().map(({ leftOut }) => leftOut)),
    },
    {
      name: 'verbatim_packets_lost_total',
      help: 'Packets of running recordings that did not come, even after NACK, by the hop they were lost on',
      labels: ['kind', 'hop'],
      read: () =>
        files().flatMap(({ losses }) => losses.map(({ hop, kind, packets }) => [kind, hop, packets])),
    },
    {
      name: 'verbatim_gap_seconds_total',
      help: 'Time of running recordings without media that nobody chose',
      labels: ['kind', 'cause'],
      read: () =>
        files().flatMap(({ gaps }) =>
          gaps.map(({ cause, fromMs, kind, toMs }) => [kind, cause, (toMs - fromMs) / 1000]),
        ),
    },
    {
      name: 'verbatim_sync_error_seconds',
      help: 'Distance of written timestamps from capture, p95 of each file: the largest of all running ones',
      read: () => Math.max(0, ...files().map(({ sync }) => sync?.p95ErrorMs ?? 0)) / 1000,
    },
    {
      name: 'verbatim_audio_workers',
      help: 'Audio workers: how many there are, how often one was replaced, packets that one did not keep up with, streams silenced because workers died over them',
      labels: ['what'],
      read: () => {
        const { dropped, restarts, silenced, workers } = audio.stats();
        return [
          ['running', workers],
          ['replaced', restarts],
          ['packets_dropped', dropped],
          ['streams_silenced', silenced],
        ];
      },
    },
    {
      name: 'verbatim_kept_sound_left_out_total',
      help: 'Frames of sound kept as it was sent that were broken, or had no place in their file',
      read: () => kept.leftOut,
    },
    {
      name: 'verbatim_transcodes',
      help: 'VP8 pictures: how many are converted at once, wait for a place, and may be converted at once',
      labels: ['what'],
      read: () => {
        const { running, waiting } = transcodes.stats();
        return [
          ['running', running],
          ['waiting', waiting],
          ['limit', transcodes.max],
        ];
      },
    },
    {
      name: 'verbatim_transcoded_pictures_total',
      help: 'VP8 pictures that were converted, left out (no place, too slow), or lost in a process that died',
      labels: ['result'],
      read: () => {
        const { dropped, lost, pictures } = transcodes.stats();
        return [
          ['converted', pictures],
          ['left_out', dropped],
          ['lost', lost],
        ];
      },
    },
    {
      name: 'verbatim_transcoder_deaths_total',
      help: 'Converting processes that died or hung, and were replaced',
      read: () => transcodes.stats().deaths,
    },
    {
      name: 'verbatim_transcode_delay_seconds',
      help: 'What conversion adds to the way of a picture, smoothed',
      read: () => transcodes.stats().delayMs / 1000,
    },
  ]);
}
