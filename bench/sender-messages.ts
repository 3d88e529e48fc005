/** What everybody's camera and microphone send as. */
export const VIDEO = { ssrc: 0x11111111, payloadType: 102, clockRate: 90_000 };
export const AUDIO = { ssrc: 0x22222222, payloadType: 111, clockRate: 48_000 };

/** A person as the sender sees one: ports on the loopback. */
export interface Target {
  videoPort: number;
  audioPort: number;
  /** Where Sender Reports go, if anywhere. */
  reportsTo: number | undefined;
  talks: boolean;
}

export interface ToSender {
  targets: readonly Target[];
}

/** `sent`: RTP datagrams to everybody, up to the change of targets that is answered. */
export type FromSender = { type: 'ready'; port: number } | { type: 'sending'; sent: number };
