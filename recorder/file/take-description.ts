import type { Interval, ManifestFile } from '#protocol/manifest.ts';
import type { Kind } from '#protocol/people.ts';
import type { Gap } from './gap-log.ts';

/** The part of a manifest's file entry that the media determine. */
export type TakeDescription = Pick<
  ManifestFile,
  'startOffsetMs' | 'durationMs' | 'audio' | 'video' | 'resolutions' | 'muted' | 'cameraOff' | 'gaps'
>;

/** A take's logs as the manifest has them: counted from `startedAtMs`, and nothing from before the first tag. */
export function describeTake(take: {
  /** The first tag; epoch ms as all times but those of `resolutions`, which count from here. */
  originMs: number;
  startedAtMs: number;
  durationMs: number;
  channels: 1 | 2;
  resolutions: readonly ManifestFile['resolutions'][number][];
  muted: readonly Interval[];
  cameraOff: readonly Interval[];
  gaps: Record<Kind, readonly Gap[]>;
}): TakeDescription {
  const { originMs, startedAtMs } = take;
  const offsetMs = originMs - startedAtMs;
  const within = <T extends Interval>(intervals: readonly T[]): T[] =>
    intervals
      .filter(({ toMs }) => toMs > originMs)
      .map((interval) => ({
        ...interval,
        fromMs: Math.max(interval.fromMs, originMs) - startedAtMs,
        toMs: interval.toMs - startedAtMs,
      }));
  const gapsOf = (kind: Kind) => within(take.gaps[kind]).map((gap) => ({ ...gap, kind }));
  return {
    startOffsetMs: offsetMs,
    durationMs: take.durationMs,
    audio: { codec: 'aac', sampleRate: 48000, channels: take.channels },
    video: { codec: 'h264' },
    resolutions: take.resolutions.map((size) => ({ ...size, atMs: size.atMs + offsetMs })),
    muted: within(take.muted),
    cameraOff: within(take.cameraOff),
    gaps: [...gapsOf('audio'), ...gapsOf('video')],
  };
}
