import { VisuallyHidden } from '@mantine/core';
import classes from './level-bar.module.css';

/** How loud a sound is. @param level 0 to 1 */
export function LevelBar({ label, level }: { label: string; level: number }) {
  return (
    <div className={classes.bar}>
      <div className={classes.fill} style={{ transform: `scaleX(${level})` }} />
      <VisuallyHidden>
        <meter aria-label={label} value={level} />
      </VisuallyHidden>
    </div>
  );
}
