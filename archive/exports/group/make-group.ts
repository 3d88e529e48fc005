import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import { runFfmpeg } from '../../work/ffmpeg.ts';
import type { WorkLimits } from '../../work/limits.ts';
import type { Maker, Progress, Work } from '../maker.ts';
import { joinLimits, sceneLimits } from './costs.ts';
import { drawsText, type LabelFont, labelFonts } from './label-font.ts';
import { labelText } from './label-text.ts';
import { mixSound } from './mix.ts';
import { once } from './once.ts';
import { type Label, labelSize, placesOf, sceneArguments } from './scene-picture.ts';
import { FRAMES_PER_SECOND, type Scene, scenesOf } from './scenes.ts';

/** How much of the work each part is. */
const PICTURE_SHARE = 0.88;
const SOUND_SHARE = 0.1;

/**
 * Everyone in one picture: scene after scene, then the sound of all, then both together. What is finished is kept in
 * the job's scratch folder, and not made again after a restart.
 */
export function groupMaker(parts: { store: Store; ffmpeg: string; log: Log }): Maker {
  return async (work) => {
    const stored = await parts.store.readManifest(work.job.recordingId);
    if (!stored) throw new Fault('recording-not-found');
    const { manifest } = stored;
    const scenes = scenesOf(manifest);
    const frames = scenes.at(-1)?.toFrame ?? 0;
    if (frames === 0) throw new Fault('export-failed', 'Nothing was recorded that could be shown.');
    const fonts = await usableFonts(parts);
    const files: string[] = [];
    for (const [index, scene] of scenes.entries()) {
      const name = `scene-${String(index).padStart(6, '0')}.mp4`;
      const labels = await writeLabels(work.scratch, scene, fonts);
      await once(join(work.scratch, name), (target) =>
        runFfmpeg(parts.ffmpeg, sceneArguments(scene, { folder: work.folder, target, labels }), {
          limits: sceneLimits(placesOf(scene).length, (scene.toFrame - scene.fromFrame) / FRAMES_PER_SECOND),
          signal: work.signal,
          onProgress: ({ seconds, speed }) =>
            work.report(pictureProgress(scene.fromFrame + seconds * FRAMES_PER_SECOND, frames, speed)),
        }),
      );
      work.report(pictureProgress(scene.toFrame, frames, undefined));
      files.push(name);
    }
    const durationMs = (frames * 1000) / FRAMES_PER_SECOND;
    const sound = join(work.scratch, 'sound.m4a');
    await once(sound, (target) =>
      mixSound(parts, work, {
        manifest,
        durationMs,
        target,
        report: (done) => work.report({ done: PICTURE_SHARE + SOUND_SHARE * done }),
      }),
    );
    work.report({ done: PICTURE_SHARE + SOUND_SHARE });
    await joinScenes(parts.ffmpeg, work, { scenes: files, sound, limits: joinLimits(durationMs / 1000) });
  };
}

function pictureProgress(frame: number, frames: number, speed: number | undefined): Progress {
  return { done: (PICTURE_SHARE * frame) / frames, speed };
}

async function joinScenes(
  ffmpeg: string,
  work: Work,
  { limits, scenes, sound }: { scenes: readonly string[]; sound: string; limits: WorkLimits },
): Promise<void> {
  const list = join(work.scratch, 'scenes.txt');
  // Names of our own making, relative to the list: nothing in them needs escaping.
  await writeFile(list, scenes.map((name) => `file ${name}\n`).join(''));
  const inputs = ['-f', 'concat', '-safe', '0', '-i', list, '-i', sound];
  const args = [
    ...inputs,
    '-map',
    '0:v:0',
    '-map',
    '1:a:0',
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    work.target,
  ];
  await runFfmpeg(ffmpeg, args, { limits, signal: work.signal });
}

/** Without a font, or an ffmpeg that can write, the tiles stay without names: better than no video. */
async function usableFonts(parts: { ffmpeg: string; log: Log }): Promise<LabelFont[]> {
  const fonts = await labelFonts();
  if (fonts.length > 0 && (await drawsText(parts.ffmpeg))) return fonts;
  parts.log.warn('names-left-out', { fonts: fonts.length });
  return [];
}

async function writeLabels(
  scratch: string,
  scene: Scene,
  fonts: readonly LabelFont[],
): Promise<Map<string, Label>> {
  const labels = new Map<string, Label>();
  for (const [index, { file, place }] of placesOf(scene).entries()) {
    const textFile = join(scratch, `label-${index}.txt`);
    const heights = place.label.width / labelSize(place.label.height);
    const label = labelText(file, index + 1, fonts, heights);
    if (!label) continue;
    await writeFile(textFile, label.text);
    labels.set(file.name, { textFile, fontPath: label.font.path });
  }
  return labels;
}
