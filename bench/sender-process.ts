import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromSender, Target, ToSender } from './sender-messages.ts';

/** The sender, seen from outside. */
export class SenderProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./sender.ts', import.meta.url)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the port that it sends from, once its media are made. */
  async ready(): Promise<number> {
    const message = await this.#next();
    if (message.type !== 'ready') throw new Error(`the sender said ${message.type} first`);
    return message.port;
  }

  /** Whom to send to from now on. Resolves with how many RTP datagrams were sent before. */
  async sendTo(targets: readonly Target[]): Promise<number> {
    const message: ToSender = { targets };
    this.#child.send(message);
    const answer = await this.#next();
    if (answer.type !== 'sending') throw new Error(`the sender said ${answer.type}`);
    return answer.sent;
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.disconnect();
    });
  }

  #next(): Promise<FromSender> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the sender ended'));
      this.#child.once('exit', ended);
      this.#child.once('message', (message: FromSender) => {
        this.#child.off('exit', ended);
        resolve(message);
      });
    });
  }
}
