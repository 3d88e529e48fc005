import { z } from 'zod';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import { FFMPEG, FFPROBE, FLVMETA, output, run } from './programs.ts';

/** Complaints of ffmpeg while it decodes the whole file; none when it is flawless. */
export async function decodingFaults(file: string): Promise<string[]> {
  const args = ['-err_detect', 'explode', ...decodingArguments(file)];
  const { status, stderr } = await run(FFMPEG, args);
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return status === 0 ? lines : [...lines, `ffmpeg ended with ${status}`];
}

/** Errors that flvmeta finds, warnings left out: W80062 is wrong for AAC, and others are matters of taste. */
export async function flvmetaErrors(file: string): Promise<string[]> {
  const { stdout, stderr, status } = await run(FLVMETA, ['--check', file]);
  const lines = `${stdout.toString()}${stderr}`.split('\n');
  const errors = lines.filter((line) => /\b(error|fatal)\b/i.test(line) && !/\b0 errors?\b/i.test(line));
  return status === 0 || errors.length > 0 ? errors : [`flvmeta ended with ${status}`];
}

const probeSchema = z.object({
  streams: z.array(
    z.object({
      codec_type: z.string(),
      codec_name: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      sample_rate: z.string().optional(),
      channels: z.number().optional(),
    }),
  ),
  format: z.object({ duration: z.string() }),
});

export interface Probe {
  durationMs: number;
  video: { codec: string; width: number; height: number } | undefined;
  audio: { codec: string; sampleRate: number; channels: number } | undefined;
}

/** What ffprobe reads from the file's head. */
export async function probe(file: string): Promise<Probe> {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', file];
  const { streams, format } = probeSchema.parse(JSON.parse((await output(FFPROBE, args)).toString()));
  const video = streams.find(({ codec_type }) => codec_type === 'video');
  const audio = streams.find(({ codec_type }) => codec_type === 'audio');
  return {
    durationMs: Number(format.duration) * 1000,
    video: video && { codec: video.codec_name, width: video.width ?? 0, height: video.height ?? 0 },
    audio: audio && {
      codec: audio.codec_name,
      sampleRate: Number(audio.sample_rate),
      channels: audio.channels ?? 0,
    },
  };
}
