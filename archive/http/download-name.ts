/**
 * A `Content-Disposition` that saves under this name (RFC 6266): an ASCII form, and the true one in UTF-8 (RFC 8187).
 * @param name free of what no file system takes, as `humanName` makes it
 */
export function downloadAs(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll('–', '-')
    .replaceAll(/[^\x20-\x7e]|["\\%]/g, '');
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
