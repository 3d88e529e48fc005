import { CHAT_MAX_MESSAGES, type ChatMessage } from '#protocol/meeting-state.ts';
import type { Announcer } from './announcer.ts';
import type { Member } from './members.ts';
import type { RoomRecording } from './room-recording.ts';

/** What is said in writing. */
export class Chat {
  readonly #announcer: Announcer;
  readonly #recording: RoomRecording;
  readonly #messages: ChatMessage[] = [];
  #lastId = 0;

  constructor(announcer: Announcer, recording: RoomRecording) {
    this.#announcer = announcer;
    this.#recording = recording;
  }

  send({ connectionId, name }: Member, text: string, nowMs: number): ChatMessage {
    this.#lastId += 1;
    const message = { id: this.#lastId, connectionId, name, atMs: Math.round(nowMs), text };
    this.#messages.push(message);
    if (this.#messages.length > CHAT_MAX_MESSAGES) this.#messages.shift();
    this.#announcer.joined({ name: 'chatAdded', data: { message } });
    // Who is not recorded is not in the manifest with what they write either.
    if (this.#recording.isRecorded(connectionId)) this.#recording.fact({ type: 'chat', connectionId, text });
    return message;
  }

  /** What was said since somebody came in, oldest first. */
  since(atMs: number): ChatMessage[] {
    return this.#messages.filter((message) => message.atMs >= Math.floor(atMs));
  }
}
