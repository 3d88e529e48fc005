import { useEffect, useRef, useState } from 'react';
import type { Mode } from '#client/ui/mode.ts';

/**
 * A small window above all others that goes on showing a picture, another one whenever `track` changes. Undefined where
 * the browser does not offer it.
 */
export function usePictureInPicture(track: MediaStreamTrack | undefined): Mode | undefined {
  const [isOn, setOn] = useState(false);
  const element = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    if (!isOn || !element.current) return;
    element.current.srcObject = track ? new MediaStream([track]) : null;
  }, [isOn, track]);

  // The window goes with the meeting.
  useEffect(
    () => () => {
      if (isShown(element.current)) void document.exitPictureInPicture();
    },
    [],
  );

  if (!document.pictureInPictureEnabled || (!track && !isOn)) return undefined;
  const toggle = async (): Promise<void> => {
    element.current ??= makeVideo(setOn);
    const video = element.current;
    // As it is now: two presses may come before the page is drawn anew.
    if (isShown(video)) return document.exitPictureInPicture();
    if (track) video.srcObject = new MediaStream([track]);
    // Only a video that knows its size may go there.
    await video.play();
    await video.requestPictureInPicture();
  };
  return {
    isOn,
    toggle: () => {
      toggle().catch((cause: unknown) => console.warn('picture-in-picture-refused', cause));
    },
  };
}

/** A video of its own, which is not seen in the page: those of the tiles come and go with their tiles. */
function makeVideo(isOn: (isOn: boolean) => void): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.addEventListener('enterpictureinpicture', () => isOn(true));
  video.addEventListener('leavepictureinpicture', () => {
    video.srcObject = null;
    isOn(false);
  });
  return video;
}

const isShown = (video: HTMLVideoElement | null): boolean =>
  video !== null && document.pictureInPictureElement === video;
