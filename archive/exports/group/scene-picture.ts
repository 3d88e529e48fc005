import { join } from 'node:path';
import type { ManifestFile } from '#protocol/manifest.ts';
import { layOut, PICTURE, type Place } from './layout.ts';
import { FRAMES_PER_SECOND, type Scene } from './scenes.ts';

/** What is written under a tile: the text lies in a file, where no letter needs escaping. */
export interface Label {
  textFile: string;
  fontPath: string;
}

const BACKGROUND = '0x14161a';
const TEXT_COLOUR = '0xe6e8eb';

/** Who is where in a scene, in the order of the inputs. */
export function placesOf({ screen, tiles }: Scene): { file: ManifestFile; place: Place }[] {
  const layout = layOut(tiles.length, screen !== undefined);
  const placed = tiles.flatMap((file, index) => {
    const place = layout.tiles[index];
    return place ? [{ file, place }] : [];
  });
  return screen && layout.screen ? [{ file: screen, place: layout.screen }, ...placed] : placed;
}

/** The arguments with which ffmpeg draws one scene into `target`, without sound. */
export function sceneArguments(
  scene: Scene,
  options: { folder: string; target: string; labels: ReadonlyMap<string, Label> },
): string[] {
  const { folder, labels, target } = options;
  const placed = placesOf(scene);
  const startMs = (scene.fromFrame * 1000) / FRAMES_PER_SECOND;
  const inputs = placed.flatMap(({ file }) => [
    // Sizes change within a file: the scaler follows by itself, while a graph built anew would lose pictures.
    ...['-reinit_filter', '0'],
    // Of fifty decoders each with a thread for every core, the threads alone would fill a memory.
    ...['-threads', '1'],
    // From the keyframe before: what was seen last is there from the scene's first picture on.
    ...['-noaccurate_seek', '-ss', seconds(Math.max(0, startMs - file.startOffsetMs))],
    ...['-i', join(folder, file.name)],
  ]);
  const chain = [`color=c=${BACKGROUND}:s=${PICTURE.width}x${PICTURE.height}:r=${FRAMES_PER_SECOND}[p0]`];
  for (const [index, { file, place }] of placed.entries()) {
    const { height, width, x, y } = place.picture;
    const size = `w=${width}:h=${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
    chain.push(`[${index}:v]scale=${size}:eval=frame,setsar=1[t${index}]`);
    const middle = `x=${x}+(${width}-overlay_w)/2:y=${y}+(${height}-overlay_h)/2`;
    const label = labels.get(file.name);
    const text = label ? `,${drawText(label, place)}` : '';
    chain.push(`[p${index}][t${index}]overlay=${middle}:eof_action=repeat${text}[p${index + 1}]`);
  }
  const encoding = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '23',
    '-maxrate',
    '2M',
    '-bufsize',
    '4M',
    '-bf',
    '0',
    '-pix_fmt',
    'yuv420p',
  ];
  return [
    ...inputs,
    ...['-filter_complex', chain.join(';'), '-map', `[p${placed.length}]`],
    ...['-frames:v', String(scene.toFrame - scene.fromFrame), '-r', String(FRAMES_PER_SECOND)],
    ...[...encoding, '-an', '-video_track_timescale', '12800', target],
  ];
}

function drawText({ fontPath, textFile }: Label, { label }: Place): string {
  const size = labelSize(label.height);
  const at = `x=${label.x}+(${label.width}-text_w)/2:y=${label.y}+(${label.height}-line_h)/2`;
  const file = `fontfile=${quote(fontPath)}:textfile=${quote(textFile)}:expansion=none`;
  return `drawtext=${file}:fontsize=${size}:fontcolor=${TEXT_COLOUR}:${at}`;
}

/** The size of letters that stand well in a label of this height. */
export const labelSize = (labelHeight: number) => Math.max(8, Math.floor(labelHeight * 0.62));

/** ffmpeg reads a filter's arguments twice, so what separates them is escaped twice (ffmpeg-filters, "Notes on escaping"). */
const quote = (path: string) => path.replaceAll(/[\\':]/g, '\\$&').replaceAll(/[\\'[\],;]/g, '\\$&');

const seconds = (ms: number) => (ms / 1000).toFixed(3);
