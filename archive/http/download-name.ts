import type { Manifest } from '../../protocol/manifest.ts';

/**
 * A `Content-Disposition` with a name for people, such as `2026-11-22 Weekly – Alice.flv` (RFC 6266: an ASCII form, and
 * the true one in UTF-8). Without a manifest the name on disk stands.
 */
export function downloadName(manifest: Manifest | undefined, name: string): string {
  const file = manifest?.files.find((candidate) => candidate.name === name);
  if (!manifest || !file) return `attachment; filename="${name}"`;
  const day = new Date(manifest.startedAtMs).toISOString().slice(0, 10);
  const screen = file.source === 'screen' ? ' (screen)' : '';
  const human = `${day} ${manifest.meeting.name} – ${file.personName}${screen}`.replaceAll(UNSAFE, '_');
  const ascii = human
    .normalize('NFKD')
    .replaceAll('–', '-')
    .replaceAll(/[^\x20-\x7e]/g, '');
  const encoded = encodeURIComponent(`${human.toWellFormed()}.flv`).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}.flv"; filename*=UTF-8''${encoded}`;
}

/** What no file system or header takes. */
const UNSAFE = /[\p{Cc}"\\/:*?<>|%]/gu;
