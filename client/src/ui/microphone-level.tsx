import { IconMicrophone, IconMicrophoneFilled } from '@tabler/icons-react';
import classes from './microphone-level.module.css';

/** A microphone that fills as the sound gets louder. @param level 0 to 1 */
export function MicrophoneLevel({ level }: { level: number }) {
  return (
    <span className={classes.microphone}>
      <IconMicrophone size={24} stroke={1.7} />
      <span
        className={classes.fill}
        data-sounding={level > 0 || undefined}
        style={{ '--level': level } as React.CSSProperties}
      >
        <IconMicrophoneFilled size={24} />
      </span>
    </span>
  );
}
