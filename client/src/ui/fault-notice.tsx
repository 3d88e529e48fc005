import { Fault } from '#protocol/errors.ts';
import { useText } from '../text/use-text.ts';
import { Notice } from './notice.tsx';

/** A failure in this person's language; nothing while there is none. */
export function FaultNotice({ cause }: { cause: unknown }) {
  const text = useText();
  return cause ? <Notice kind="error">{text.fault(Fault.from(cause).toBody())}</Notice> : null;
}
