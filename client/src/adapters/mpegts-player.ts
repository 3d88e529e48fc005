import type { FlvPlayer } from '../session/ports/flv-player.ts';

/** mpegts.js, in a chunk of its own that only pages with a player load. */
export const mpegtsPlayer: FlvPlayer = {
  async open(video, url, { live, picture = true, failed }) {
    const { default: mpegts } = await import('mpegts.js');
    if (!mpegts.isSupported()) {
      failed('Media Source Extensions');
      return () => {};
    }
    mpegts.LoggingControl.enableAll = false;
    const player = mpegts.createPlayer(
      { type: 'flv', url, isLive: live, withCredentials: true, ...(!picture && { hasVideo: false }) },
      // Seeks use the keyframe index of the file and Range requests.
      { enableStashBuffer: !live, lazyLoadMaxDuration: 120, seekType: 'range', accurateSeek: true },
    );
    player.on(mpegts.Events.ERROR, (kind: string, detail: string) => failed(`${kind}: ${detail}`));
    player.attachMediaElement(video);
    player.load();
    return () => player.destroy();
  },
};
