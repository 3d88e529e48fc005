import { buildClient } from './client-build.ts';
import { ffmpeg } from './ffmpeg.ts';
import { mediaWorker } from './media-worker.ts';
import { type Environment, root } from './places.ts';
import { say } from './progress.mjs';

/**
 * All that both `npm start` and `npm test` need beyond the packages, done only where it is not done already. Answers
 * the environment to run in.
 * @throws SetupError
 */
export async function setUp(env: Environment, nowMs: number): Promise<Environment> {
  const worker = await mediaWorker(root, env);
  const { path, version } = await ffmpeg(root, env, nowMs);
  say(`Node ${process.versions.node}, ffmpeg ${version} (${path})`);
  await buildClient(root);
  return { ...env, MEDIASOUP_WORKER_BIN: worker, FFMPEG_PATH: path };
}
