import { useCallback, useState } from 'react';
import { useText } from '#client/text/use-text.ts';
import { Sound } from '#client/ui/media-elements.tsx';
import { Notice } from '#client/ui/notice.tsx';

/** Plays what the others say; where the browser holds sound back, a press sets all of it free. */
export function RemoteSound({
  sounds,
  speaker,
}: {
  sounds: readonly { producerId: string; track: MediaStreamTrack }[];
  /** The device's id; empty: the browser's own choice. */
  speaker: string;
}) {
  const { meeting } = useText();
  const [blocked, setBlocked] = useState<ReadonlySet<HTMLAudioElement>>(new Set());
  const hold = useCallback(
    (element: HTMLAudioElement) => setBlocked((before) => new Set(before).add(element)),
    [],
  );
  const release = async (): Promise<void> => {
    const waiting = [...blocked].filter((element) => element.isConnected);
    const results = await Promise.allSettled(waiting.map((element) => element.play()));
    setBlocked(new Set(waiting.filter((_, index) => results[index]?.status === 'rejected')));
  };
  const isBlocked = [...blocked].some((element) => element.isConnected);
  return (
    <>
      {sounds.map(({ producerId, track }) => (
        <Sound key={producerId} track={track} speaker={speaker} blocked={hold} />
      ))}
      {isBlocked && (
        <Notice
          kind="warning"
          button={{ words: meeting.clickToHear, press: () => void release(), main: true }}
        >
          {meeting.soundBlocked}
        </Notice>
      )}
    </>
  );
}
