import { FFMPEG, run } from './programs.ts';

/** A picture of the file, shrunk to grey values of 0 to 255, row by row. */
export interface Frame {
  /** On the file's own timestamps. */
  atMs: number;
  luma: Uint8Array;
}

/** Every picture of the file as it decodes, none left out and none repeated. @throws Error with ffmpeg's words */
export async function framesOf(file: string, width: number, height: number): Promise<Frame[]> {
  const filter = `scale=${width}:${height}:flags=area,format=gray,showinfo=checksum=0`;
  const input = ['-hide_banner', '-nostats', '-copyts', '-i', file, '-an'];
  const raw = ['-vf', filter, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'];
  const { status, stdout, stderr } = await run(FFMPEG, [...input, ...raw]);
  const times = [...stderr.matchAll(/Parsed_showinfo.* pts_time:([\d.]+)/g)].map(([, s]) => Number(s) * 1000);
  const size = width * height;
  if (status !== 0 || stdout.length !== times.length * size) {
    throw new Error(
      `ffmpeg ended with ${status}, ${stdout.length} bytes of ${times.length} pictures:\n${stderr}`,
    );
  }
  return times.map((atMs, index) => ({ atMs, luma: stdout.subarray(index * size, (index + 1) * size) }));
}
