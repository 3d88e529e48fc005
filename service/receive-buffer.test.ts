import { expect, test } from 'vitest';
import { silentLog } from './log.ts';
import { grantedReceiveBuffer, RECEIVE_BUFFER_BYTES } from './receive-buffer.ts';

async function granted(wanted: number): Promise<{ bytes: number; warnings: unknown[] }> {
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (_event: string, fields?: object) => void warnings.push(fields) };
  return { bytes: await grantedReceiveBuffer('127.0.0.1', wanted, log), warnings };
}

test('the system tells how much of a receive buffer it grants', async () => {
  expect(await granted(4096)).toEqual({ bytes: 4096, warnings: [] });
});

test('less than is wanted is warned of, with what helps all who complain', async () => {
  const { bytes, warnings } = await granted(2 ** 30);
  expect(bytes).toBeLessThan(2 ** 30);
  const remedy = `sysctl -w net.core.rmem_max=${RECEIVE_BUFFER_BYTES.mediaPort}`;
  expect(warnings).toEqual([{ bytes, wanted: 2 ** 30, remedy }]);
});
