import { useEffect } from 'react';
import { useBlocker } from 'react-router';
import { useServices } from '../services/services.ts';
import { useText } from '../text/use-text.ts';
import { QuestionDialog } from '../ui/question-dialog.tsx';

/**
 * Keeps somebody in what they are in: the screen on, and a question before they leave by accident, by the browser's own
 * ways or by a link of ours.
 * @param isIn in a meeting, or recording themselves
 * @param isRecorded leaving would end what is recorded of them
 */
export function Staying({ isIn, isRecorded }: { isIn: boolean; isRecorded: boolean }) {
  const { staying: text } = useText();
  const { leaveGuard, screen } = useServices();
  useEffect(() => (isIn ? screen.hold() : undefined), [isIn, screen]);
  useEffect(() => (isRecorded ? leaveGuard.guard() : undefined), [isRecorded, leaveGuard]);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isRecorded && currentLocation.pathname !== nextLocation.pathname,
  );
  return (
    <QuestionDialog
      opened={blocker.state === 'blocked'}
      title={text.title}
      body={text.body}
      yes={text.leave}
      no={text.stay}
      isDangerous
      onYes={() => blocker.proceed?.()}
      onNo={() => blocker.reset?.()}
    />
  );
}
