import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** WCAG 2.2, levels A and AA, and what axe holds to be good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What is wrong with the page as it is now, in light and in dark, a line each: where, which of axe's rules, why; also when
 * it has to be scrolled sideways (WCAG 2.2, 1.4.10).
 */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    // Level meters glide for as long as there is sound.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(nothingMoves);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (tooWide > 0) found.push(`${new URL(page.url()).pathname} is ${tooWide} pixels wider than its window`);
    // Evaluated, not added as a script, which the page's Content-Security-Policy would refuse.
    await page.evaluate(await readFile(axePath, 'utf8'));
    const results = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(TAGS)} })`)) as AxeResults;
    for (const { id, nodes } of results.violations) {
      for (const { target, failureSummary } of nodes) {
        found.push(
          `${new URL(page.url()).pathname} in ${colorScheme}, ${id}: ${target.join(' ')}: ${failureSummary}`,
        );
      }
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}

/**
 * Runs in the page: what fades in is judged once it is there. A transition begins some frames after what caused it, so
 * the page is quiet only when nothing has moved for several frames on end.
 * @throws when something moves for ever
 */
async function nothingMoves(): Promise<void> {
  const [QUIET_FRAMES, PATIENCE_MS] = [5, 60_000];
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < QUIET_FRAMES; quiet++) {
    await new Promise(requestAnimationFrame);
    const moving = document
      .getAnimations()
      .flatMap(({ effect }) => (effect instanceof KeyframeEffect ? effect : []))
      .filter((effect) => effect.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    if (moving.length > 0) quiet = -1;
    if (performance.now() > deadlineMs)
      throw new Error(`Still moving: ${moving.map(({ target }) => target?.outerHTML.slice(0, 200))}`);
  }
}
