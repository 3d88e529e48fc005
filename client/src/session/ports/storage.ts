/** What this browser keeps between visits. Both may do nothing: some browsers keep nothing in private windows. */
export interface Storage {
  read(key: string): string | undefined;
  write(key: string, value: string): void;
}
