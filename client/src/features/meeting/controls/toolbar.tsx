import { Button } from '@mantine/core';
import {
  IconHandStop,
  IconMessage,
  IconPhoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconUsers,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { DeviceToggles, toggleOf } from '#client/devices/device-toggles.tsx';
import type { DevicesSnapshot } from '#client/session/capture/input-state.ts';
import type { MeetingSession } from '#client/session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '#client/session/meeting/meeting-state.ts';
import { useText } from '#client/text/use-text.ts';
import { ToggleButton } from '#client/ui/toggle-button.tsx';
import { RecordButton } from './record-button.tsx';
import classes from './toolbar.module.css';

/** What may be open beside the pictures, one at a time. */
export type Panel = 'recording' | 'chat' | 'people';

const ICON = { size: 24, stroke: 1.7 } as const;

/** What one can do in the meeting, in the order in which it is reached by keyboard. */
export function Toolbar({
  session,
  snapshot,
  devices,
  panel,
  onPanel,
  more,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  devices: DevicesSnapshot;
  panel: Panel | undefined;
  onPanel: (panel: Panel) => void;
  /** What is needed now and then. */
  more: ReactNode;
}) {
  const { chat, devices: names, meeting, people } = useText();
  const { handRaisedAtMs, room } = snapshot;
  const unread = useUnread(room.chat.length, panel === 'chat');
  return (
    <section className={classes.toolbar} aria-label={meeting.toolbar}>
      <DeviceToggles devices={session.devices} snapshot={devices} />
      {devices.canShareScreen && (
        <ToggleButton
          name={names.screen}
          calm
          {...toggleOf(devices.screen)}
          onToggle={() => void session.devices.toggleScreen()}
          on={<IconScreenShareOff {...ICON} />}
          off={<IconScreenShare {...ICON} />}
        />
      )}
      <ToggleButton
        name={meeting.raiseHand}
        calm
        pressed={handRaisedAtMs !== undefined}
        onToggle={() => void session.raiseHand(handRaisedAtMs === undefined)}
        on={<IconHandStop {...ICON} />}
      />
      <ToggleButton
        name={chat.open}
        calm
        pressed={panel === 'chat'}
        onToggle={() => onPanel('chat')}
        badge={{ count: unread, words: chat.unread(unread) }}
        on={<IconMessage {...ICON} />}
      />
      <ToggleButton
        name={people.open}
        calm
        pressed={panel === 'people'}
        onToggle={() => onPanel('people')}
        badge={{ count: room.waiting.length, words: people.waitingCount(room.waiting.length) }}
        on={<IconUsers {...ICON} />}
      />
      {more}
      {snapshot.self?.role === 'host' && <RecordButton session={session} snapshot={snapshot} />}
      <Button
        className={classes.leave ?? ''}
        aria-label={meeting.leave}
        leftSection={<IconPhoneOff size={20} stroke={1.7} aria-hidden="true" />}
        onClick={() => session.leave()}
      >
        <span className={classes.leaveWord}>{meeting.leave}</span>
      </Button>
    </section>
  );
}

/** Messages that came while the chat was not to be seen. */
function useUnread(count: number, isOpen: boolean): number {
  const [seen, setSeen] = useState(count);
  useEffect(() => {
    // The list begins anew after a lost session.
    if (isOpen || count < seen) setSeen(count);
  }, [isOpen, count, seen]);
  return isOpen ? 0 : Math.max(0, count - seen);
}
