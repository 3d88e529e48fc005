import { Button } from '@mantine/core';
import { useText } from '#client/text/use-text.ts';
import { Notice } from '#client/ui/notice.tsx';

/** Says that one file alone is played, and leads back to everybody. */
export function OnlyOne({ name, everyone }: { name: string; everyone: () => void }) {
  const { player: text } = useText();
  return (
    <Notice
      kind="info"
      action={
        <Button size="xs" variant="default" onClick={everyone}>
          {text.everyone}
        </Button>
      }
    >
      {text.alone(name)}
    </Notice>
  );
}
