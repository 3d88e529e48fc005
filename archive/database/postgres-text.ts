/** Text in quotes, or a place for a value. */
const PLACES = /'(?:[^']|'')*'|\?/g;

/** The same statement with `$1`, `$2` … for its question marks. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll(PLACES, (found) => {
    if (found !== '?') return found;
    count += 1;
    return `$${count}`;
  });
}
