import { onTestFinished } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { readConfig } from '#service/config.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { configFields } from '../config.ts';
import { openSfu, type Sfu, type SfuConfig } from '../sfu.ts';

export const JOIN_SECRET = 'the join secret of the tests';
export const RECORDER_TOKEN = 'the recorder token of the tests';

export interface TestSfu extends Sfu {
  url: string;
  /** Stands still until the test moves it. */
  clock: ManualClock;
}

/** A whole SFU with a real worker, on ports of its own and a clock that the test moves. Closed with the test. */
export async function openTestSfu(changes: Partial<SfuConfig> = {}): Promise<TestSfu> {
  const clock = new ManualClock();
  const sfu = await onFreePorts((base) => {
    const config = {
      ...readConfig(configFields, { JOIN_SECRET, RECORDER_TOKEN, ...process.env }),
      JOIN_SECRET,
      RECORDER_TOKEN,
      HOST: '127.0.0.1',
      SFU_HOST: '127.0.0.1',
      SFU_PORT: 0,
      SFU_WORKERS: 1,
      RTC_PORT: base,
      PLAIN_PORT_MIN: base + 10,
      PLAIN_PORT_MAX: base + 99,
      ...changes,
    };
    return openSfu(config, { clock, log: silentLog });
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= sfu.close();
    return closed;
  };
  onTestFinished(close);
  return { port: sfu.port, close, clock, url: `http://127.0.0.1:${sfu.port}` };
}

async function onFreePorts(open: (base: number) => Promise<Sfu>): Promise<Sfu> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return await open(20_000 + 100 * Math.floor(Math.random() * 120));
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'port-busy') throw cause;
    }
  }
  throw new Error('no free ports');
}
