import { expect, test } from 'vitest';
import { RestartPolicy } from './restart-policy.ts';

const policy = () => new RestartPolicy({ firstDelayMs: 500, maxDelayMs: 3000, healthyAfterMs: 60_000 });

test('the first restart comes at once, later ones back off up to a bound', () => {
  const deaths = policy();
  expect([0, 0, 0, 0, 0, 0].map((servedMs) => deaths.died(servedMs))).toEqual([
    0, 500, 1000, 2000, 3000, 3000,
  ]);
});

test('after a healthy while the count begins anew', () => {
  const deaths = policy();
  expect([10, 59_999, 60_000, 10].map((servedMs) => deaths.died(servedMs))).toEqual([0, 500, 0, 500]);
});

test('the wait stays finite after very many deaths', () => {
  const deaths = policy();
  for (let count = 0; count < 5000; count += 1) deaths.died(0);
  expect(deaths.died(0)).toBe(3000);
});
