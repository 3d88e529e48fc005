import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import type { Person, Source } from '#protocol/people.ts';
import { useStore } from '../../services/services.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { Stage } from '../../session/stage/stage.ts';
import { useText } from '../../text/use-text.ts';

/** What can be done with one person: by everybody for themselves, and by the host. */
export function PersonMenu({
  session,
  stage,
  person,
  isHost,
}: {
  session: MeetingSession;
  stage: Stage;
  person: Person;
  /** Whether it is the host who looks at it. */
  isHost: boolean;
}) {
  const { people: text } = useText();
  const { connectionId, name } = person;
  const isPinned = useStore(stage).pinned === connectionId;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={text.actions(name)}>
          <IconDotsVertical size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => stage.pin(isPinned ? undefined : connectionId)}>
          {isPinned ? text.unpin : text.pin}
        </Menu.Item>
        {isHost && <HostItems session={session} person={person} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function HostItems({ session, person }: { session: MeetingSession; person: Person }) {
  const { people: text } = useText();
  const { host } = session;
  const { connectionId, producers } = person;
  const sends = (source: Source): boolean =>
    producers.some((producer) => producer.source === source && !producer.paused);
  const stops = [
    ['microphone', text.mute],
    ['camera', text.stopCamera],
    ['screen', text.stopScreen],
  ] as const;
  return (
    <>
      <Menu.Divider />
      {stops
        .filter(([source]) => sends(source))
        .map(([source, words]) => (
          <Menu.Item key={source} onClick={() => void host.pause(connectionId, source)}>
            {words}
          </Menu.Item>
        ))}
      {person.handRaisedAtMs !== undefined && (
        <Menu.Item onClick={() => void host.lowerHand(connectionId)}>{text.lowerHand}</Menu.Item>
      )}
      <Menu.Item onClick={() => void host.handOver(connectionId)}>{text.handOver}</Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" onClick={() => void host.remove(connectionId)}>
        {text.remove}
      </Menu.Item>
    </>
  );
}
