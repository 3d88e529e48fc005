import type { Admission } from '#protocol/meeting-state.ts';
import type { Source } from '#protocol/people.ts';
import type { RequestName, RequestParams } from '#protocol/signalling.ts';

type Ask = <N extends RequestName>(name: N, params: RequestParams<N>) => Promise<unknown>;

/** What only the host can do for, and with, the others. What fails is told to the host by the session. */
export class HostPowers {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Switches off what somebody sends; they may switch it on again. */
  async pause(connectionId: string, source: Source): Promise<void> {
    await this.#ask('pausePerson', { connectionId, source });
  }

  async remove(connectionId: string): Promise<void> {
    await this.#ask('removePerson', { connectionId });
  }

  async lowerHand(connectionId: string): Promise<void> {
    await this.#ask('lowerHand', { connectionId });
  }

  async setAdmission(admission: Admission): Promise<void> {
    await this.#ask('setAdmission', { admission });
  }

  /** Lets somebody in who waits, or everybody. */
  async admit(connectionId?: string): Promise<void> {
    await this.#ask('admit', connectionId === undefined ? {} : { connectionId });
  }

  async refuse(connectionId: string): Promise<void> {
    await this.#ask('refuse', { connectionId });
  }

  /** Makes somebody else the host. */
  async handOver(connectionId: string): Promise<void> {
    await this.#ask('handOverHost', { connectionId });
  }

  /** For everybody; a running recording is completed first. */
  async endMeeting(): Promise<void> {
    await this.#ask('endMeeting', {});
  }
}
