import type { Page } from 'playwright-core';
import type { Figures } from './sample.ts';

/** Answers what a page holds on to, after a garbage collection. */
export type PageProbe = () => Promise<Figures>;

export async function openPageProbe(page: Page): Promise<PageProbe> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  return async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const value = (name: string): number =>
      metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { heapBytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
  };
}
