import type { FlvPlayer } from '../session/ports/flv-player.ts';

/** Fetched ahead of the picture, in seconds; fetching goes on when only RESUME_S are left. */
const AHEAD_S = 40;
const RESUME_S = 20;

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
    const player = mpegts.createPlayer(
      { type: 'flv', url, withCredentials: true, ...(!picture && { hasVideo: false }) },
      {
        // Seeks use the keyframe index of the file.
        accurateSeek: true,
        lazyLoadMaxDuration: AHEAD_S,
        lazyLoadRecoverDuration: RESUME_S,
        autoCleanupSourceBuffer: true,
        customLoader: pieceLoader(isGrowing),
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
        // A seek into the last of what was fetched may wait for more, which is fetched at this event alone.
        video.dispatchEvent(new Event('timeupdate'));
      },
      close: () => player.destroy(),
    };
  },
};
