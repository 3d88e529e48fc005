import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Devices, devicesInPage, installFakeDevices } from './participant-media/fake-devices.ts';
import { PATIENCE_MS } from './wait.ts';

/**
 * One browser for everybody, each person in a context of their own. The fake devices fill the list of devices, without
 * the fake permission prompt, which would say yes to those who are to be refused.
 */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
    // In the C locale Chromium saves whatever has another name than ASCII as "download".
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  });
}

/** A page that remembers what went wrong in it. */
export interface WatchedPage {
  context: BrowserContext;
  page: Page;
  /** Uncaught errors, console errors and what the Content-Security-Policy refused so far, but for those that match one of `expected`. */
  troubles(expected?: readonly RegExp[]): string[];
}

/** Opens a context and a page for a person with these devices; without devices, the browser refuses them. */
export async function openPage(browser: Browser, devices?: Devices): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1000, height: 700 },
    permissions: devices ? ['camera', 'microphone'] : [],
  });
  if (devices) await context.addInitScript(installFakeDevices, devicesInPage(devices));
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, sourceFile }) =>
      console.error(`refused by ${effectiveDirective} in ${sourceFile}`),
    ),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const seen: string[] = [];
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console: ${message.text()} (${message.location().url})`);
  });
  return {
    context,
    page,
    troubles: (expected = []) => seen.filter((words) => !expected.some((pattern) => pattern.test(words))),
  };
}
