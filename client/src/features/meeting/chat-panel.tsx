import { ActionIcon, Textarea } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { CHAT_MAX_LENGTH } from '#protocol/meeting-state.ts';
import type { MeetingSession } from '../../session/meeting/meeting-session.ts';
import type { MeetingSnapshot } from '../../session/meeting/meeting-state.ts';
import { formatClock } from '../../text/format.ts';
import { useText } from '../../text/use-text.ts';
import { SidePanel } from '../../ui/side-panel.tsx';
import classes from './chat-panel.module.css';

/** What was said in writing since one came in, and a place to say something. Enter sends, Shift+Enter breaks the line. */
export function ChatPanel({
  session,
  snapshot,
  onClose,
}: {
  session: MeetingSession;
  snapshot: MeetingSnapshot;
  onClose: () => void;
}) {
  const { chat: text, locale, meeting } = useText();
  const [draft, setDraft] = useState('');
  const [isSending, setSending] = useState(false);
  const end = useRef<HTMLLIElement>(null);
  const { room, self } = snapshot;
  const isEmpty = draft.trim() === '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is what moves the list.
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'nearest' });
  }, [room.chat.length]);

  const send = async (): Promise<void> => {
    if (isEmpty || isSending) return;
    setSending(true);
    // Kept when it could not be sent: nobody likes to type twice.
    if (await session.sendChat(draft)) setDraft('');
    setSending(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <SidePanel title={text.title} closeLabel={text.close} onClose={onClose}>
      {room.chat.length === 0 ? (
        <p className={classes.empty}>{text.empty}</p>
      ) : (
        <ul className={classes.list}>
          {room.chat.map(({ atMs, connectionId, id, name, text: words }) => (
            <li key={id} className={classes.message}>
              <span className={classes.who}>
                {connectionId === self?.connectionId ? meeting.you(name) : name}
                <time className={classes.time}>{formatClock(atMs, locale)}</time>
              </span>
              <span className={classes.words}>{words}</span>
            </li>
          ))}
          <li ref={end} aria-hidden="true" />
        </ul>
      )}
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Textarea
          className={classes.field ?? ''}
          aria-label={text.message}
          placeholder={text.message}
          autosize
          maxRows={5}
          maxLength={CHAT_MAX_LENGTH}
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          data-autofocus
        />
        <ActionIcon type="submit" size={36} aria-label={text.send} disabled={isEmpty} loading={isSending}>
          <IconSend2 size={20} stroke={1.7} aria-hidden="true" />
        </ActionIcon>
      </form>
    </SidePanel>
  );
}
