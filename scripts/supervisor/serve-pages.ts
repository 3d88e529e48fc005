import { join } from 'node:path';
import { root } from '../setup/places.ts';

/**
 * The pages straight from their sources, reloading when one changes; all else is asked of the archive. For working on
 * Verbatim only. Answers the address.
 * @param archiveUrl where the archive listens
 */
export async function servePages(archiveUrl: string): Promise<string> {
  process.env.ARCHIVE_URL = archiveUrl;
  const { createServer } = await import('vite');
  const server = await createServer({ configFile: join(root, 'client/vite.config.ts'), logLevel: 'warn' });
  await server.listen();
  return server.resolvedUrls?.local[0] ?? '';
}
