import { readPicture, SAMPLE_HEIGHT, SAMPLE_WIDTH, type Sighting } from '../participant-media/owner-code.ts';
import { FFMPEG, output } from './programs.ts';

/** Pictures looked at per second of the file. */
const PICTURES_PER_SECOND = 5;

export interface Picture {
  atMs: number;
  sighting: Sighting;
}

/** What the file shows, five times a second, from its first picture to its last. */
export async function watch(file: string): Promise<Picture[]> {
  const filter = `fps=${PICTURES_PER_SECOND},scale=${SAMPLE_WIDTH}:${SAMPLE_HEIGHT}:flags=area,format=gray`;
  const raw = await output(FFMPEG, ['-v', 'error', '-i', file, '-an', '-vf', filter, '-f', 'rawvideo', '-']);
  const size = SAMPLE_WIDTH * SAMPLE_HEIGHT;
  return Array.from({ length: Math.floor(raw.length / size) }, (_, index) => ({
    atMs: (index * 1000) / PICTURES_PER_SECOND,
    sighting: readPicture(raw.subarray(index * size, (index + 1) * size)),
  }));
}

/** Pictures that are neither the owner's nor the slate, in words. */
export function strangePictures(pictures: readonly Picture[], owner: number): string[] {
  return pictures.flatMap(({ atMs, sighting }) => {
    if (sighting.kind === 'plain') return [];
    if (sighting.kind === 'unreadable') return [`at ${atMs} ms: ${sighting.why}`];
    return sighting.owner === owner ? [] : [`at ${atMs} ms: the picture of ${sighting.owner}`];
  });
}
