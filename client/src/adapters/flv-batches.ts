const FILE_HEADER_BYTES = 13;
/** The tag's own header, and the size that follows its body. */
const [TAG_HEADER_BYTES, TAG_TRAILER_BYTES] = [11, 4];
const [AUDIO_TAG, VIDEO_TAG] = [8, 9];
/** Of Enhanced RTMP v2: the kind of packet stands beside it (ExAudioTagHeader). */
const EXTENDED_SOUND = 9;
/** No tag's type: mpegts.js passes over it. */
const NO_TAG = 0;

type Kind = 'audio' | 'video' | 'sequence-header';

interface Tag {
  kind: Kind;
  at: number;
}

/**
 * Cuts the bytes of an FLV file where mpegts.js can be given them: after whole tags, and never so that one sample of a
 * track remains alone. It keeps such a one for the bytes that follow, also when those are of another place since the
 * viewer went there: a picture of the one place, and all of the other after it, then come to lie 2^32 ms from where they
 * belong, and nothing plays.
 */
export class FlvBatches {
  #pending: Uint8Array<ArrayBuffer> = new Uint8Array();
  #tags: Tag[] = [];
  /** Of the first byte that is no part of a whole tag yet. */
  #end: number;

  /** @param from where in the file the first piece begins: 0, or the beginning of a tag */
  constructor(from: number) {
    this.#end = from === 0 ? FILE_HEADER_BYTES : 0;
  }

  /** Takes the next piece of the file. Answers what may be handed on, which may be nothing yet. */
  add(piece: Uint8Array): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#pending.length + piece.length);
    all.set(this.#pending);
    all.set(piece, this.#pending.length);
    this.#pending = all;
    this.#walk();
    return this.#isAlone('audio') || this.#isAlone('video') ? new Uint8Array() : this.#take(this.#end);
  }

  /** The rest, when nothing more comes: a sample that remains alone is left out. */
  end(): Uint8Array<ArrayBuffer> {
    for (const kind of ['audio', 'video'] as const) {
      while (this.#isAlone(kind)) {
        const last = this.#tags.findLastIndex((tag) => tag.kind === kind);
        const [tag] = this.#tags.splice(last, 1);
        if (tag) this.#pending[tag.at] = NO_TAG;
      }
    }
    return this.#take(this.#pending.length);
  }

  #take(end: number): Uint8Array<ArrayBuffer> {
    const taken = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    this.#end -= taken.length;
    this.#tags = [];
    return taken;
  }

  #walk(): void {
    const { buffer, length } = this.#pending;
    const view = new DataView(buffer);
    for (;;) {
      const at = this.#end;
      if (at + TAG_HEADER_BYTES + TAG_TRAILER_BYTES > length) return;
      const bodyBytes = view.getUint32(at) & 0xffffff;
      const end = at + TAG_HEADER_BYTES + bodyBytes + TAG_TRAILER_BYTES;
      if (end > length) return;
      const body = at + TAG_HEADER_BYTES;
      const kind = kindOf(view.getUint8(at), view.getUint8(body), view.getUint8(body + 1));
      if (kind) this.#tags.push({ kind, at });
      this.#end = end;
    }
  }

  /**
   * Whether one sample of the kind may remain. A sequence header makes mpegts.js take all that came before it, where
   * there are two or more, unless it is the same header again: there are two ways on from there.
   */
  #isAlone(kind: Kind): boolean {
    let remaining = new Set([0]);
    for (const tag of this.#tags) {
      if (tag.kind === kind) remaining = new Set([...remaining].map((count) => Math.min(count + 1, 2)));
      else if (tag.kind === 'sequence-header' && remaining.has(2)) remaining.add(0);
    }
    return remaining.has(1);
  }
}

function kindOf(tagType: number, flags: number, packetType: number): Kind | undefined {
  if (tagType === AUDIO_TAG && flags >> 4 === EXTENDED_SOUND)
    return (flags & 0xf) === 1 ? 'audio' : undefined;
  if (tagType === VIDEO_TAG && packetType === 0) return 'sequence-header';
  if (packetType !== 1) return undefined;
  if (tagType === AUDIO_TAG) return 'audio';
  return tagType === VIDEO_TAG ? 'video' : undefined;
}
