import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';

export interface AttendeesPage {
  page: Page;
  /** Somebody comes into a meeting by its link, sending nothing yet; known by this name from then on. */
  attend(link: string, name: string): Promise<void>;
  /** Sends a small picture, or a tone. */
  send(name: string, source: 'camera' | 'microphone' | 'screen'): Promise<void>;
  leave(name: string): Promise<void>;
  /** Forgets everybody who was there. */
  reload(): Promise<void>;
  close(): void;
}

/** So small and slow that a dozen of them cost about as much as one camera. */
const SMALL = { width: 160, height: 120, frameRate: 5 };

/**
 * A page that attends meetings as many people at once (page.ts), each with as little media as it is told to.
 * @param frontDoor of which it is a page, since that refuses other sites' pages; without it one of a server of its own
 */
export async function openAttendees(browser: Browser, frontDoor?: string): Promise<AttendeesPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'verbatim-page-'));
  const entry = join(import.meta.dirname, 'page.ts');
  const lib = { entry, formats: ['es' as const], fileName: () => 'page.js' };
  await build({ configFile: false, logLevel: 'error', build: { outDir, lib } });
  const script = readFileSync(join(outDir, 'page.js'), 'utf8');
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext({ permissions: ['camera', 'microphone'], bypassCSP: true });
  const page = await context.newPage();
  const { port } = server.address() as AddressInfo;
  const reload = async (): Promise<void> => {
    await page.goto(frontDoor ? `${frontDoor}/healthz` : `http://127.0.0.1:${port}/`);
    await page.addScriptTag({ content: script, type: 'module' });
    await page.waitForFunction(() => 'attend' in window);
  };
  await reload();
  return {
    page,
    async attend(link, name) {
      const { origin, pathname } = new URL(link);
      const token = await joinToken(origin, pathname.split('/').at(-1) ?? '', name);
      await page.evaluate(([who, url, jwt]) => window.attend(who, url, jwt), [name, origin, token] as const);
    },
    async send(name, source) {
      await page.evaluate(([who, what, picture]) => window.attendees[who]?.send(what, { picture }), [
        name,
        source,
        SMALL,
      ] as const);
    },
    async leave(name) {
      await page.evaluate((who) => window.attendees[who]?.leave(), name);
    },
    reload,
    close: () => server.close(),
  };
}

async function joinToken(origin: string, meetingId: string, name: string): Promise<string> {
  const response = await fetch(`${origin}/api/meetings/${meetingId}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(`${name} may not join: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { token: string }).token;
}
