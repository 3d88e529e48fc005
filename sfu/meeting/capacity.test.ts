import { expect, test } from 'vitest';
import { NetworkShares } from './capacity.ts';

test('a network has its share and no more, and gets it back once', () => {
  const shares = new NetworkShares(2, 'Leave another meeting first.');
  const [give] = [shares.take('2001:db8::1'), shares.take('2001:db8::2')];
  expect(() => shares.take('2001:db8::3')).toThrow('Leave another meeting first.');
  shares.take('2001:db8:0:1::3')();
  give?.();
  give?.();
  shares.take('2001:db8::3');
  expect(() => shares.check('2001:db8::4')).toThrow('Leave another meeting first.');
  for (const local of ['127.0.0.1', '::1', '127.0.0.1', '::1']) shares.take(local);
});
