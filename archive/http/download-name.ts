import { cleaned } from '../names/file-name.ts';

/** A `Content-Disposition` that saves under this name (RFC 6266): an ASCII form, and the true one in UTF-8 (RFC 8187). */
export function downloadAs(name: string): string {
  const safe = cleaned(name);
  // Taken apart, letters of full width are those that no file system takes.
  const ascii = cleaned(safe.normalize('NFKD').replaceAll('–', '-')).replaceAll(/[^\x20-\x7e]/g, '');
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
