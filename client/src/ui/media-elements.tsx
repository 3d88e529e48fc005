import { useEffect, useRef } from 'react';
import classes from './media-elements.module.css';

/** Plays one picture, silently: sounds have elements of their own, so that none is heard twice. */
export function Picture({
  track,
  mirrored,
  whole,
}: {
  track: MediaStreamTrack;
  /** As in a mirror: people expect it of their own picture. */
  mirrored?: boolean;
  /** Nothing is cut off: for screens. */
  whole?: boolean;
}) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = new MediaStream([track]);
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={element}
      className={classes.picture}
      data-mirrored={mirrored || undefined}
      data-whole={whole || undefined}
      autoPlay
      playsInline
      muted
    />
  );
}

/**
 * Plays one sound.
 * @param speaker the device's id; empty: the browser's own choice
 * @param blocked called with the element when the browser holds the sound back until the person presses something
 */
export function Sound({
  track,
  speaker,
  blocked,
}: {
  track: MediaStreamTrack;
  speaker: string;
  blocked: (element: HTMLAudioElement) => void;
}) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.srcObject = new MediaStream([track]);
    audio.play().catch((cause: unknown) => {
      // Anything else is a play() overtaken by the next track, or by leaving.
      if (cause instanceof DOMException && cause.name === 'NotAllowedError') blocked(audio);
    });
    return () => {
      audio.srcObject = null;
    };
  }, [track, blocked]);
  useEffect(() => {
    const audio = element.current;
    if (!audio || !('setSinkId' in audio) || audio.sinkId === speaker) return;
    // It may be unplugged just now: then this sound stays where it is, and the list of devices changes.
    audio.setSinkId(speaker).catch((cause: unknown) => console.warn('speaker-not-used', cause));
  }, [speaker]);
  // biome-ignore lint/a11y/useMediaCaption: live speech of people in the meeting has no captions.
  return <audio ref={element} autoPlay />;
}
