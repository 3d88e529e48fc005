import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { formatBytes, formatDuration } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { SidePanel } from '../../ui/side-panel.tsx';
import classes from './host-panel.module.css';

/** For the host: who is recorded and how much, as the recorder reports it. */
export function HostPanel({ snapshot, onClose }: { snapshot: MeetingSnapshot; onClose: () => void }) {
  const { fault, recording: text, meeting, locale } = useText();
  const { people, progress, self } = snapshot;
  const nameOf = (connectionId: string): string =>
    connectionId === self?.connectionId
      ? meeting.you(self.name)
      : (people.find((person) => person.connectionId === connectionId)?.name ?? connectionId);
  return (
    <SidePanel title={text.panel} closeLabel={text.close} onClose={onClose}>
      {progress.length === 0 ? (
        <p className={classes.hint}>{text.panelEmpty}</p>
      ) : (
        <ul className={classes.list}>
          {progress.map(({ connectionId, state, bytes, durationMs, problem, transcodesAtMost }) => (
            <li
              key={connectionId}
              className={classes.person}
              data-state={state}
              data-problem={problem !== undefined || undefined}
            >
              <span className={classes.dot} aria-hidden="true" />
              <span className={classes.name}>{nameOf(connectionId)}</span>
              <span className={classes.figures}>
                {bytes > 0 && `${formatDuration(durationMs)} · ${formatBytes(bytes, locale)}`}
              </span>
              <span className={classes.state}>{text.state(state)}</span>
              {problem !== undefined && (
                <span className={classes.problem}>
                  {transcodesAtMost === undefined
                    ? fault({ code: problem, message: '' })
                    : text.transcodesFull(transcodesAtMost)}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </SidePanel>
  );
}
