import { useEffect, useRef, useState } from 'react';
import type { Mode } from './use-fullscreen.ts';

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
  useEffect(() => () => void (element.current && close(element.current)), []);

  if (!document.pictureInPictureEnabled || (!track && !isOn)) return undefined;
  const open = async (): Promise<void> => {
    element.current ??= makeVideo(() => setOn(false));
    const video = element.current;
    if (track) video.srcObject = new MediaStream([track]);
    // Only a video that knows its size may go there.
    await video.play();
    await video.requestPictureInPicture();
    setOn(true);
  };
  const toggle = async (): Promise<void> => {
    if (isOn && element.current) await close(element.current);
    else await open();
  };
  return {
    isOn,
    toggle: () => {
      toggle().catch((cause: unknown) => console.warn('picture-in-picture-refused', cause));
    },
  };
}

/** A video of its own, which is not seen in the page: those of the tiles come and go with their tiles. */
function makeVideo(left: () => void): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.addEventListener('leavepictureinpicture', () => {
    video.srcObject = null;
    left();
  });
  return video;
}

async function close(video: HTMLVideoElement): Promise<void> {
  if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
}
