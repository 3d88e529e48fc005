import mpegts from 'mpegts.js';
import { browserClock } from './browser-clock.ts';
import { FilePieces, PIECE_BYTES } from './file-pieces.ts';
import { FlvBatches } from './flv-batches.ts';

/** How soon a file that grows is asked for more. */
const GROWTH_PERIOD_MS = 500;
/** How soon it is looked again whether more is needed. */
const NEED_PERIOD_MS = 200;

/**
 * A loader for mpegts.js that fetches a file piece by piece. A browser opens six connections to a server that speaks
 * HTTP/1.1: with one endless request per file the seventh person would never begin.
 * @param isGrowing whether more may come at the end of the file
 * @param isEnough whether no more is needed for now; asked before every piece but the first of a place
 */
export function pieceLoader(isGrowing: () => boolean, isEnough: () => boolean) {
  return class PieceLoader extends mpegts.BaseLoader {
    readonly #aborted = new AbortController();

    constructor() {
      super('pieces');
      this._needStash = false;
    }

    override open({ url }: mpegts.MediaSegment, { from }: mpegts.Range): void {
      this._status = mpegts.LoaderStatus.kConnecting;
      this.#load(url, from).catch((cause: unknown) => {
        if (this.#aborted.signal.aborted) return;
        this._status = mpegts.LoaderStatus.kError;
        // The declaration takes the table of errors for one of them.
        const kind = mpegts.LoaderErrors.EXCEPTION as unknown as mpegts.LoaderErrors;
        this.onError(kind, { code: -1, msg: String(cause) });
      });
    }

    override abort(): void {
      this._status = mpegts.LoaderStatus.kComplete;
      this.#aborted.abort();
    }

    override destroy(): void {
      this.abort();
      super.destroy();
    }

    /** Everything from a byte on to the end of the file, also to an end that is still far. */
    async #load(url: string, from: number): Promise<void> {
      const pieces = new FilePieces(url, this.#aborted.signal);
      const batches = new FlvBatches(from);
      let at = from;
      let handedOn = from;
      const handOn = ({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void => {
        if (byteLength === 0 || this.#aborted.signal.aborted) return;
        this._status = mpegts.LoaderStatus.kBuffering;
        const start = handedOn;
        handedOn += byteLength;
        this.onDataArrival(buffer, start, handedOn - from);
      };
      for (;;) {
        const mayGrow = isGrowing();
        const piece = await pieces.read(at);
        if (this.#aborted.signal.aborted) return;
        at += piece.length;
        handOn(batches.add(piece));
        if (piece.length < PIECE_BYTES) {
          if (!mayGrow || pieces.isOver) break;
          await pause(GROWTH_PERIOD_MS);
        }
        while (isEnough() && !this.#aborted.signal.aborted) await pause(NEED_PERIOD_MS);
        if (this.#aborted.signal.aborted) return;
      }
      handOn(batches.end());
      if (this.#aborted.signal.aborted) return;
      this._status = mpegts.LoaderStatus.kComplete;
      this.onComplete(from, at - 1);
    }
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => browserClock.after(ms, resolve));
}
