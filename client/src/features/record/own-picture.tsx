import { trackOf } from '../../session/capture/input-state.ts';
import type { SoloSnapshot } from '../../session/solo/solo-session.ts';
import { useText } from '../../text/use-text.ts';
import { Picture } from '../../ui/media-elements.tsx';
import classes from './record-page.module.css';

/** What the camera sees, mirrored; the light on it is as true as the one of a meeting [D8]. */
export function OwnPicture({ snapshot }: { snapshot: SoloSnapshot }) {
  const { lobby, recording: words, solo: text } = useText();
  const { connection, devices, recording } = snapshot;
  const track = devices && trackOf(devices.camera);
  const isOpening = devices?.camera.status === 'opening';
  const isLit = recording.status === 'recording' && connection.status === 'connected';
  return (
    <section className={classes.picture} aria-label={text.picture} data-lit={isLit || undefined}>
      {track ? (
        <Picture track={track} mirrored />
      ) : (
        <p className={classes.placeholder}>
          {isOpening ? lobby.cameraOpening : devices ? lobby.cameraOff : text.closed}
        </p>
      )}
      {isLit && (
        <div className={classes.light} role="status" aria-label={words.light}>
          <span className={classes.lightDot} aria-hidden="true" />
          {words.light}
        </div>
      )}
    </section>
  );
}
