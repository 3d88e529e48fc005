import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { kernelDrops } from '#service/kernel-drops.ts';
import { silentLog } from '#service/log.ts';
import { grantedReceiveBuffer, RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { freePort } from '../testing/free-port.ts';
import { WorkerPool } from './worker-pool.ts';

const { mediaPort } = RECEIVE_BUFFER_BYTES;
const grantsAll = (await grantedReceiveBuffer('127.0.0.1', mediaPort, silentLog)) === mediaPort;

/** One worker, as in a meeting. */
async function openWorker(rtcPort: number): Promise<{ pid: number }> {
  const pool = await WorkerPool.open({
    count: 1,
    rtcPort,
    host: '127.0.0.1',
    announcedAddress: undefined,
    workerBin: process.env.MEDIASOUP_WORKER_BIN,
    clock: new ManualClock(),
    log: silentLog,
  });
  onTestFinished(() => pool.close());
  const { worker } = await pool.openRouter('h264');
  return { pid: worker.pid };
}

test.runIf(platform() === 'linux' && grantsAll)(
  'a worker that is held up loses none of a megabyte of media',
  async () => {
    const port = await freePort();
    const { pid } = await openWorker(port);
    const sender = createSocket('udp4');
    onTestFinished(() => void sender.close());
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
    for (let sent = 0; sent < 1_000_000; sent += 1200) {
      await new Promise((resolve) => sender.send(Buffer.alloc(1200), port, '127.0.0.1', resolve));
    }
    expect((await kernelDrops())?.get(port)).toBe(0);
  },
);

test.runIf(platform() === 'linux' && existsSync('/usr/bin/prlimit'))(
  'a media worker is bounded in memory and leaves no core dump',
  async () => {
    const { pid } = await openWorker(await freePort());
    const limits = () => readFileSync(`/proc/${pid}/limits`, 'utf8');
    await vi.waitFor(() => expect(limits()).toMatch(/Max data size +4294967296 /), 20_000);
    expect(limits()).toMatch(/Max core file size +0 /);
  },
);
