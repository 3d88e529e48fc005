import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

/** Where `vite client` finds the archive while developing. */
const ARCHIVE_URL = process.env.ARCHIVE_URL ?? 'http://127.0.0.1:3000';

const proxy = {
  '/api': { target: ARCHIVE_URL },
  '/socket.io': { target: ARCHIVE_URL, ws: true },
};

// The pages are split where they are imported lazily: meeting, archive, player.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', reportCompressedSize: true },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
});
