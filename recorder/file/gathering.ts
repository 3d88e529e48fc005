import type { Kind } from '#protocol/people.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';

/** A file begins with what there is when its first keyframe has not come within this time after its first packet. */
export const GATHER_MS = 1000;

interface Sound {
  item: OpusItem;
  captureMs: number;
}

interface Picture {
  unit: AccessUnit;
  captureMs: number;
}

/** What comes of a take before its file begins, and when it is to begin. Instants are epoch ms on the SFU's clock. */
export class Gathering {
  readonly sounds: Sound[] = [];
  pictures: Picture[] = [];
  /** Since when the file could have begun: its media have come, or there is nothing to wait for. */
  #readyMs: number | undefined;

  get isEmpty(): boolean {
    return this.sounds.length === 0 && this.pictures.length === 0;
  }

  /** The earliest of what is here; undefined when there is nothing. */
  get firstMs(): number | undefined {
    const [sound, picture] = [this.sounds[0]?.captureMs, this.pictures[0]?.captureMs];
    return sound === undefined || picture === undefined ? (sound ?? picture) : Math.min(sound, picture);
  }

  /** A packet has come, whatever becomes of it. */
  arrived(atMs: number): void {
    this.#readyMs ??= atMs;
  }

  addSound(item: OpusItem, captureMs: number): void {
    this.sounds.push({ item, captureMs });
  }

  /** Answers whether it is of use: from a keyframe on. */
  addPicture(unit: AccessUnit, captureMs: number): boolean {
    const isOfUse = unit.keyframe || this.pictures.length > 0;
    if (isOfUse) this.pictures.push({ unit, captureMs });
    return isOfUse;
  }

  /** The camera was switched off. */
  dropPictures(): void {
    this.pictures = [];
  }

  /** Whether no keyframe is waited for any more. @param live the media that are due */
  isOver(nowMs: number, live: Readonly<Record<Kind, boolean>>): boolean {
    if (!live.audio && !live.video) this.#readyMs ??= nowMs;
    const onlySound = this.sounds.length > 0 && !live.video;
    return onlySound || nowMs - (this.#readyMs ?? nowMs) >= GATHER_MS;
  }
}
