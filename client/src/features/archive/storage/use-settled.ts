import { useEffect, useState } from 'react';
import { useServices } from '#client/services/services.ts';

/** The value as it was when it last stayed the same for `pauseMs`. */
export function useSettled<T>(value: T, pauseMs: number): T {
  const { clock } = useServices();
  const [settled, setSettled] = useState(value);
  useEffect(() => clock.after(pauseMs, () => setSettled(value)), [clock, pauseMs, value]);
  return settled;
}
