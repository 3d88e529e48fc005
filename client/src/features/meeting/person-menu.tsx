import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import type { Person, Source } from '../../../../protocol/people.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import { useText } from '../../text/use-text.ts';

/** What the host can do for, and with, one person. */
export function PersonMenu({ session, person }: { session: MeetingSession; person: Person }) {
  const { people: text } = useText();
  const { host } = session;
  const { connectionId, name, producers } = person;
  const sends = (source: Source): boolean =>
    producers.some((producer) => producer.source === source && !producer.paused);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.actions(name)}>
          <IconDotsVertical size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {sends('microphone') && (
          <Menu.Item onClick={() => void host.pause(connectionId, 'microphone')}>{text.mute}</Menu.Item>
        )}
        {sends('camera') && (
          <Menu.Item onClick={() => void host.pause(connectionId, 'camera')}>{text.stopCamera}</Menu.Item>
        )}
        {sends('screen') && (
          <Menu.Item onClick={() => void host.pause(connectionId, 'screen')}>{text.stopScreen}</Menu.Item>
        )}
        {person.handRaisedAtMs !== undefined && (
          <Menu.Item onClick={() => void host.lowerHand(connectionId)}>{text.lowerHand}</Menu.Item>
        )}
        <Menu.Item onClick={() => void host.handOver(connectionId)}>{text.handOver}</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => void host.remove(connectionId)}>
          {text.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
