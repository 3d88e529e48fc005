import type { ManifestFile } from '#protocol/manifest.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import { parseSps } from '../depacketize/sps.ts';
import { PICTURE_GRID_MS } from '../flv/metadata.ts';
import { slateOf } from '../slate/slates.ts';

/** Browsers send keyframes only when asked; a player seeks from one to the next. */
export const KEYFRAME_INTERVAL_MS = 10_000;
/** A camera that has shown nothing for this long gets the slate: a frozen face would pretend that there is a picture. */
export const STALL_SLATE_MS = 5000;
/** The slate is repeated this often, so that players can seek into it. */
export const SLATE_REPEAT_MS = 5000;
/** Slates are made up for as far back as this: a process that slept for a day fills no disk with them. */
const CATCH_UP_MS = 60_000;
/**
 * No two pictures have one time (PICTURE_GRID_MS), so those that come too close push each other on. This far from its capture
 * a picture is left out: more than 250 a second would else make the file longer than the meeting, without end.
 */
export const MAX_CROWDED_MS = 10_000;
const DEFAULT_SLATE_SIZE = { width: 640, height: 360 };

/** A sender that changes size all the time: later sizes are not told any more. */
export const MAX_RESOLUTIONS = 1000;

export type Picture = Pick<AccessUnit, 'sps' | 'pps' | 'otherPps' | 'nals' | 'keyframe'>;
interface Size {
  width: number;
  height: number;
}

/** The pictures of one file in their order: units of the camera or the screen, and the slate where there are none. */
export class PictureTrack {
  readonly #emit: (timestampMs: number, picture: Picture) => void;
  readonly #resolutions: ManifestFile['resolutions'] = [];
  #size: Size | undefined;
  #sps: Buffer | undefined;
  #lastMs = -PICTURE_GRID_MS;
  #lastKeyframeMs = 0;
  #slateMs: number | undefined;
  #slateIsOdd = false;
  #broken = false;

  /** @param emit gets each picture with its time from the file's first tag on */
  constructor(emit: (timestampMs: number, picture: Picture) => void) {
    this.#emit = emit;
  }

  /** Below zero before the first picture. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** When the slate was shown last; undefined while it is not what is shown. */
  get slateMs(): number | undefined {
    return this.#slateMs;
  }

  /** Picture sizes in their order, times from the file's first tag on. */
  get resolutions(): readonly ManifestFile['resolutions'][number][] {
    return this.#resolutions;
  }

  /** True while no picture can be shown without a keyframe, and when the last one is too old to seek by. */
  get needsKeyframe(): boolean {
    const isOld = this.#lastMs - this.#lastKeyframeMs >= KEYFRAME_INTERVAL_MS;
    return this.#broken || this.#slateMs !== undefined || isOld;
  }

  /** Shows a unit, unless it refers to a picture that is not there. */
  show(unit: AccessUnit, atMs: number): void {
    if (!unit.keyframe && (this.#broken || this.#slateMs !== undefined)) return;
    this.#broken = false;
    this.#slateMs = undefined;
    this.#noteSize(unit, atMs);
    this.#place(unit, atMs);
  }

  /** Whether a picture of this time would be put far from it. */
  isCrowded(atMs: number): boolean {
    return this.#lastMs - atMs > MAX_CROWDED_MS;
  }

  /** A unit was left out: those that follow refer to it, up to the next keyframe. */
  leaveOut(): void {
    this.#broken = true;
  }

  /** The camera went off: where the slate is shown already its repetition will do, however often that happens. */
  slateFrom(atMs: number): void {
    if (this.#slateMs === undefined || atMs - this.#slateMs >= SLATE_REPEAT_MS) this.showSlate(atMs);
  }

  /**
   * Where no picture comes the slate does, and is repeated.
   * @param atMs no picture of before will come any more
   * @param isCameraDue the last picture does not stand for those that do not come
   */
  slateUpTo(atMs: number, isCameraDue: boolean): void {
    for (let dueMs = this.#slateDueMs(isCameraDue); dueMs <= atMs; dueMs = this.#slateDueMs(isCameraDue))
      this.showSlate(Math.max(dueMs, atMs - CATCH_UP_MS));
  }

  /** @param size by default that of the last unit */
  showSlate(atMs: number, size = this.#size ?? DEFAULT_SLATE_SIZE): void {
    this.#slateIsOdd = !this.#slateIsOdd;
    this.#place(slateOf(size, this.#slateIsOdd), atMs);
    this.#slateMs = this.#lastMs;
    // What comes after the slate refers to pictures that the decoder no longer has.
    this.#sps = undefined;
  }

  #slateDueMs(isCameraDue: boolean): number {
    if (this.#slateMs !== undefined) return this.#slateMs + SLATE_REPEAT_MS;
    return isCameraDue ? this.#lastMs + STALL_SLATE_MS : Number.POSITIVE_INFINITY;
  }

  /**
   * Pictures keep their order: one that would come at or before the last one follows it closely. They are put on their
   * grid here already, since it is their final time that decides where they stand among the sound.
   */
  #place(picture: Picture, atMs: number): void {
    const onGridMs = Math.round(atMs / PICTURE_GRID_MS) * PICTURE_GRID_MS;
    this.#lastMs = Math.max(onGridMs, this.#lastMs + PICTURE_GRID_MS);
    if (picture.keyframe) this.#lastKeyframeMs = this.#lastMs;
    this.#emit(this.#lastMs, picture);
  }

  #noteSize(unit: AccessUnit, atMs: number): void {
    if (this.#sps?.equals(unit.sps)) return;
    this.#sps = unit.sps;
    const { width, height } = parseSps(unit.sps);
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    if (this.#resolutions.length < MAX_RESOLUTIONS) this.#resolutions.push({ atMs, width, height });
  }
}
