import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from './testing/free-port.ts';

const SECRET = 'a-secret-that-no-child-may-have';

function childrenOf(pid: number): string[] {
  const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return stats.filter((name) => {
    try {
      // After the name, which may have spaces and brackets: the state, then the parent (proc(5)).
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] === String(pid);
    } catch (cause) {
      if (['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) return false;
      throw cause;
    }
  });
}

test.runIf(platform() === 'linux')(
  'a media worker is given no secret, whatever its library passes on',
  async () => {
    const sfu = fork(join(import.meta.dirname, 'main.ts'), {
      silent: true,
      execArgv: [],
      env: {
        PATH: process.env.PATH,
        MEDIASOUP_WORKER_BIN: process.env.MEDIASOUP_WORKER_BIN,
        SFU_WORKERS: '1',
        JOIN_SECRET: SECRET,
        RECORDER_TOKEN: SECRET,
        // Not read by an SFU; whoever starts one by hand may have it set.
        ADMIN_PASSWORD: SECRET,
        SFU_PORT: String(await freePort()),
        RTC_PORT: String(await freePort()),
      },
    });
    onTestFinished(() => void sfu.kill('SIGKILL'));
    await once(sfu, 'message');
    const environments = await vi.waitFor(() => {
      const children = childrenOf(sfu.pid ?? 0);
      expect(children).toHaveLength(1);
      return children.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    }, 20_000);
    expect(environments.join('\n')).not.toContain(SECRET);
    expect(environments.join('\n')).toContain('MEDIASOUP_VERSION=');
  },
  60_000,
);
