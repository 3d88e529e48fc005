import type { ChosenKind } from './ports/capture.ts';
import type { Storage } from './ports/storage.ts';

/** What a person should not have to say twice in this browser. */
export class Preferences {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  get name(): string {
    return this.#storage.read('verbatim.name') ?? '';
  }

  set name(name: string) {
    this.#storage.write('verbatim.name', name);
  }

  /** Of the pages; empty: as the browser is set. */
  get language(): string {
    return this.#storage.read('verbatim.language') ?? '';
  }

  set language(language: string) {
    this.#storage.write('verbatim.language', language);
  }

  /** In the meeting: whether single keys do something. */
  get usesShortcuts(): boolean {
    return this.#storage.read('verbatim.shortcuts') !== 'off';
  }

  set usesShortcuts(uses: boolean) {
    this.#storage.write('verbatim.shortcuts', uses ? 'on' : 'off');
  }

  /** Empty: whatever the browser chooses. */
  deviceId(kind: ChosenKind): string {
    return this.#storage.read(`verbatim.${kind}`) ?? '';
  }

  setDeviceId(kind: ChosenKind, deviceId: string): void {
    this.#storage.write(`verbatim.${kind}`, deviceId);
  }
}
