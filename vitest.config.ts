import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A busy machine takes its time; what is right comes all the same. It costs only what does not come. */
const PATIENCE_MS = 20_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{protocol,service,sfu,store,recorder,archive,scripts,bench}/**/*.test.ts',
            'client/src/**/*.test.{ts,tsx}',
          ],
          globalSetup: ['scripts/testing/calibration.ts', 'scripts/testing/s3-folder.ts'],
          setupFiles: ['scripts/testing/patience.ts'],
          // Vitest leaves one core to itself, which is half of a small machine.
          maxWorkers: availableParallelism(),
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: PATIENCE_MS } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          fileParallelism: false,
          globalSetup: ['scripts/testing/calibration.ts'],
          setupFiles: ['scripts/testing/patience.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 150_000 } },
        },
      },
    ],
  },
});
