import { useSoundLevel } from '../services/services.ts';
import { LevelBar } from '../ui/level-bar.tsx';
import { MicrophoneLevel } from '../ui/microphone-level.tsx';

/** The sign of a microphone that shows what it hears. It is drawn by itself, since it changes many times a second. */
export function LiveMicrophone({ track }: { track: MediaStreamTrack | undefined }) {
  return <MicrophoneLevel level={useSoundLevel(track)} />;
}

/** The same as a bar, for where a microphone is chosen. */
export function LiveLevelBar({ label, track }: { label: string; track: MediaStreamTrack | undefined }) {
  return <LevelBar label={label} level={useSoundLevel(track)} />;
}
