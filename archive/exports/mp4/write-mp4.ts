import { closeSync, openSync } from 'node:fs';
import { readMedia } from './flv-media.ts';
import { Layout, type LayoutOptions } from './layout.ts';
import { Pieces } from './pieces.ts';
import { WindowedFile } from './windowed-file.ts';

/** Reading takes about as long as reading and writing once more. */
const SURVEY_SHARE = 0.4;

/**
 * Makes an MP4 of an FLV of ours, its index first (ISO/IEC 14496-12, -14, -15). The file is read once for the index, and once
 * for the media.
 * @param report how much is done, 0 to 1. @throws Malformed
 */
export async function writeMp4(
  paths: { source: string; target: string },
  wanted: LayoutOptions['wanted'],
  report: (done: number) => void,
): Promise<void> {
  const source = new WindowedFile(paths.source);
  const target = openSync(paths.target, 'w');
  try {
    const surveyed = (done: number) => report(SURVEY_SHARE * done);
    let layout = await survey(source, { wanted, inBand: false }, surveyed);
    if (layout.needsInBand) layout = await survey(source, { wanted, inBand: true }, surveyed);
    const out = new Pieces(target);
    out.push(layout.head());
    for await (const media of readMedia(source)) {
      for (const bytes of layout.bytesOf(media)) out.push(bytes);
      report(SURVEY_SHARE + ((1 - SURVEY_SHARE) * media.end) / source.size);
    }
    out.flush();
  } finally {
    closeSync(target);
    source.close();
  }
}

/** @returns what is known so far, once that is that parameter sets are needed in band */
async function survey(
  source: WindowedFile,
  options: LayoutOptions,
  report: (done: number) => void,
): Promise<Layout> {
  const layout = new Layout(options);
  for await (const media of readMedia(source)) {
    layout.take(media);
    if (layout.needsInBand && !options.inBand) return layout;
    report(media.end / source.size);
  }
  return layout;
}
