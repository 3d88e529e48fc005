import type { FlvPlayer } from '../session/ports/flv-player.ts';

/** Fetched ahead of the picture, in seconds. */
const AHEAD_S = 40;

/** mpegts.js, in a chunk of its own that only pages with a player load. */
export const mpegtsPlayer: FlvPlayer = {
  async open(video, url, { failed, isGrowing, picture }) {
    const [{ default: mpegts }, { pieceLoader }] = await Promise.all([
      import('mpegts.js'),
      import('./piece-loader.ts'),
    ]);
    if (!mpegts.isSupported()) {
      failed('Media Source Extensions');
      return { indexedMs: 0, seek: () => undefined, close: () => undefined };
    }
    mpegts.LoggingControl.enableAll = false;
    // What lies elsewhere is thrown away at a seek: the last there is follows on where the picture stands.
    const isEnough = () => {
      const { buffered, currentTime } = video;
      return buffered.length > 0 && buffered.end(buffered.length - 1) - currentTime >= AHEAD_S;
    };
    const player = mpegts.createPlayer(
      { type: 'flv', url, withCredentials: true, ...(!picture && { hasVideo: false }) },
      {
        // Seeks use the keyframe index of the file.
        accurateSeek: true,
        // Its own way to wait forgets, after a seek, that it waits, and then fetches the whole file.
        lazyLoad: false,
        autoCleanupSourceBuffer: true,
        customLoader: pieceLoader(isGrowing, isEnough),
      },
    );
    player.on(mpegts.Events.ERROR, (kind: string, detail: string) => failed(`${kind}: ${detail}`));
    player.attachMediaElement(video);
    player.load();
    return {
      get indexedMs() {
        return player.mediaInfo.duration ?? 0;
      },
      seek(toMs) {
        player.currentTime = toMs / 1000;
      },
      close: () => player.destroy(),
    };
  },
};
