import { execFile } from 'node:child_process';

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;
/** In the plain C locale `unzip` takes names beyond ASCII for faults. */
const env = { ...process.env, LC_ALL: 'C.UTF-8' };

/** The programs as the project's set-up finds them. */
export const FFMPEG = process.env.FFMPEG_PATH || 'ffmpeg';
export const FFPROBE = process.env.FFPROBE_PATH || 'ffprobe';
export const FLVMETA = process.env.FLVMETA_PATH || 'flvmeta';
export const UNZIP = process.env.UNZIP_PATH || 'unzip';

export interface Outcome {
  status: number;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program to its end; a failure is an outcome too. @throws when it cannot be started. */
export function run(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { encoding: 'buffer', env, maxBuffer: MAX_OUTPUT_BYTES },
      (cause, stdout, stderr) => {
        if (cause && typeof cause.code !== 'number') return reject(cause);
        resolve({ status: Number(cause?.code ?? 0), stdout, stderr: stderr.toString() });
      },
    );
  });
}

/** Runs a program that must succeed. @throws Error with its own words */
export async function output(program: string, args: readonly string[]): Promise<Buffer> {
  const { status, stdout, stderr } = await run(program, args);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}
