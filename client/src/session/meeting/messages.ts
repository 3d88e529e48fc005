import type { Clock } from '../ports/clock.ts';
import type { Message } from './meeting-state.ts';

const SHOWN_MS = 8000;
const MAX_SHOWN = 4;

/** A message before it is shown. */
export type MessageContent = Message extends infer M ? (M extends Message ? Omit<M, 'id'> : never) : never;

/** Messages that go away by themselves, the latest last. */
export class Messages {
  readonly #clock: Clock;
  readonly #changed: (messages: readonly Message[]) => void;
  readonly #timers = new Map<number, () => void>();
  #shown: readonly Message[] = [];
  #lastId = 0;

  constructor(clock: Clock, changed: (messages: readonly Message[]) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  add(content: MessageContent): void {
    const message = { ...content, id: ++this.#lastId } as Message;
    for (const old of this.#shown.slice(0, Math.max(0, this.#shown.length + 1 - MAX_SHOWN)))
      this.remove(old.id);
    this.#shown = [...this.#shown, message];
    this.#timers.set(
      message.id,
      this.#clock.after(SHOWN_MS, () => this.remove(message.id)),
    );
    this.#changed(this.#shown);
  }

  remove(id: number): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    this.#shown = this.#shown.filter((message) => message.id !== id);
    this.#changed(this.#shown);
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
