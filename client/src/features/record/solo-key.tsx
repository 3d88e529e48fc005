import { useState } from 'react';
import type { SoloSession, SoloSnapshot } from '../../session/solo/solo-session.ts';
import { wantedKey } from '../../session/wanted-key.ts';
import { useText } from '../../text/use-text.ts';
import { KeyDialog } from '../../ui/key-dialog.tsx';

/** Asks for the key that making the room, or recording in it, takes on this server. */
export function SoloKey({
  name,
  session,
  snapshot: { connection, problem },
}: {
  session: SoloSession;
  snapshot: SoloSnapshot;
  /** Under which it goes on to record. */
  name: string;
}) {
  const { keys } = useText();
  const refusal =
    connection.status === 'refused'
      ? connection.error
      : problem?.kind === 'fault'
        ? problem.error
        : undefined;
  const [dismissed, setDismissed] = useState<typeof refusal>();
  const wanted = refusal && wantedKey(refusal);
  return (
    <KeyDialog
      opened={wanted !== undefined && refusal !== dismissed}
      body={wanted?.what === 'record' ? keys.record : keys.create}
      isWrong={wanted?.isWrong ?? false}
      onKey={(key) => void (wanted?.what === 'record' ? session.record(name, key) : session.start(key))}
      onCancel={() => setDismissed(refusal)}
    />
  );
}
