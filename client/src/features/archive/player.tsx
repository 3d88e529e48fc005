import { useEffect, useRef, useState } from 'react';
import { useServices } from '../../app/services.ts';
import { useText } from '../../text/use-text.ts';
import { Notice } from '../../ui/notice.tsx';
import classes from './archive.module.css';

/** Plays one file. What was live when it was opened stays so until it is opened again. */
export function Player({ url, isLive, title }: { url: string; isLive: boolean; title: string }) {
  const { archive: text } = useText();
  const { player } = useServices();
  const element = useRef<HTMLVideoElement>(null);
  const [source] = useState({ url, isLive });
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    let isGone = false;
    let end: (() => void) | undefined;
    const failed = (detail: string): void => {
      if (!isGone) setProblem(detail);
    };
    player.open(video, source.url, { live: source.isLive, failed }).then(
      (close) => {
        end = close;
        if (isGone) return close();
        // Opened by a press; a browser that refuses all the same shows its own play button.
        video.play().catch(() => undefined);
      },
      (cause: unknown) => failed(String(cause)),
    );
    return () => {
      isGone = true;
      end?.();
    };
  }, [player, source]);

  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: a recorded person has no captions. */}
      <video ref={element} className={classes.video} controls playsInline aria-label={title} />
      {problem !== undefined && (
        <Notice kind="error">
          {text.playFailed} ({problem})
        </Notice>
      )}
    </>
  );
}
