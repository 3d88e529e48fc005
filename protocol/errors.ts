import { z } from 'zod';

/**
 * Every failure that crosses a process boundary or reaches a person, with the words shown when nothing more
 * precise is known and the HTTP status used where it travels over HTTP. docs/errors.md lists the same codes.
 */
export const errors = {
  'bad-request': { status: 400, message: 'The request was not understood.' },
  'unknown-message': { status: 404, message: 'There is no such message.' },
  'too-large': { status: 413, message: 'That is too large.' },
  'rate-limited': { status: 429, message: 'Too many requests. Wait a moment and try again.' },
  'protocol-mismatch': { status: 409, message: 'This page is out of date. Reload it.' },
  'token-invalid': { status: 401, message: 'This invitation is not valid. Open the meeting link again.' },
  'token-expired': { status: 401, message: 'This invitation has expired. Open the meeting link again.' },
  'meeting-not-found': {
    status: 404,
    message: 'There is no such meeting. Check the link, or create a new one.',
  },
  'host-key-wrong': { status: 403, message: 'This host key does not belong to this meeting.' },
  'not-host': { status: 403, message: 'Only the host can do this.' },
  'not-joined': { status: 409, message: 'Join the meeting first.' },
  'already-joined': { status: 409, message: 'You are already in this meeting.' },
  replaced: { status: 409, message: 'This meeting was opened in another window.' },
  'session-over': { status: 410, message: 'This session has ended. Join the meeting again.' },
  removed: { status: 403, message: 'The host has removed you from this meeting.' },
  'meeting-locked': { status: 403, message: 'The host has locked this meeting.' },
  'admission-needed': { status: 403, message: 'Wait until the host lets you in.' },
  'person-not-found': { status: 404, message: 'This person is no longer in the meeting.' },
  'no-host-offer': { status: 409, message: 'The host role is not offered to you.' },
  'room-full': { status: 503, message: 'This meeting is full.' },
  'rooms-full': { status: 503, message: 'The server cannot take another meeting now.' },
  'network-full': {
    status: 429,
    message: 'Your network holds as much of this server as one may. Close something first.',
  },
  'transport-not-found': { status: 404, message: 'The media connection is gone. Reload the page.' },
  'producer-not-found': { status: 404, message: 'This camera or microphone is no longer shared.' },
  'consumer-not-found': { status: 404, message: 'This picture or sound is no longer received.' },
  'cannot-consume': { status: 409, message: 'This browser cannot play what this person sends.' },
  'media-failed': { status: 502, message: 'The media server could not do this. Try again.' },
  'consent-needed': { status: 409, message: 'This meeting is being recorded. Accept or decline first.' },
  'create-key-needed': {
    status: 401,
    message: 'This server asks for a key before a meeting is made. Ask whoever runs it.',
  },
  'create-key-wrong': { status: 401, message: 'This key is not right.' },
  'create-admin-only': {
    status: 403,
    message: 'Only an administrator makes meetings on this server. Sign in at /admin first.',
  },
  'record-key-needed': {
    status: 401,
    message: 'This server asks for a key before anything is recorded. Ask whoever runs it.',
  },
  'record-key-wrong': { status: 401, message: 'This key is not right.' },
  'record-admin-only': {
    status: 403,
    message: 'Only an administrator records on this server. Sign in at /admin, then open the meeting again.',
  },
  'erasure-pending': {
    status: 503,
    message: 'Nothing more is recorded of you. What exists of you is erased as soon as the recorder answers.',
  },
  'no-recorder': { status: 503, message: 'No recorder is connected.' },
  'recorder-full': { status: 503, message: 'The recorder cannot take more people now.' },
  'recorder-lost': {
    status: 502,
    message: 'The connection to the recorder was lost. Nothing is being recorded.',
  },
  'recorder-token-wrong': {
    status: 401,
    message: 'The recorder token is wrong. Set the same RECORDER_TOKEN on both sides.',
  },
  'recorder-id-taken': { status: 409, message: 'Another recorder with this RECORDER_ID is connected.' },
  'recording-on': { status: 409, message: 'The meeting is already being recorded.' },
  'recording-off': { status: 409, message: 'The meeting is not being recorded.' },
  'recording-not-found': { status: 404, message: 'There is no such recording.' },
  'recording-owned': { status: 409, message: 'Another recorder is writing this recording.' },
  'recording-full': {
    status: 507,
    message: 'The recording takes no more of this. What comes now is left out of it.',
  },
  'transcodes-full': {
    status: 503,
    message:
      'This picture needs conversion, and the server converts no more at once. Only sound is recorded.',
  },
  'picture-unsupported': {
    status: 409,
    message:
      'This picture is larger than 4096 × 2304, or not in plain colours of 8 bits. Only sound is recorded.',
  },
  'file-failed': {
    status: 500,
    message: 'What this person sends could not be recorded any further: the file ends there.',
  },
  'file-too-fast': {
    status: 429,
    message: 'This person sends more than can be recorded: the file ends there.',
  },
  'sound-too-fast': {
    status: 429,
    message: 'This person sends more sound than there is time for: what is too much is left out.',
  },
  'sound-behind': {
    status: 503,
    message:
      "This person's sound is not converted at the moment. What comes waits in memory, as long as there is room.",
  },
  'stream-unsupported': { status: 409, message: 'This codec cannot be recorded.' },
  'storage-unwritable': {
    status: 500,
    message: 'The recordings folder cannot be written. Check RECORDINGS_DIR.',
  },
  'store-refused': {
    status: 502,
    message: 'The S3 store refuses our credentials. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  'store-missing': { status: 502, message: 'The S3 store has no such bucket. Check STORE.' },
  'store-unreachable': {
    status: 503,
    message: 'The S3 store cannot be reached at the moment. What is kept there is shown again when it can.',
  },
  'disk-full': { status: 507, message: 'The disk is nearly full. Free some space to record.' },
  'disk-share': {
    status: 507,
    message:
      'The disk is nearly full, and this recording was writing the most to it: it has ended, so that others go on.',
  },
  'disk-stalled': {
    status: 503,
    message: 'The disk takes nothing at the moment. What comes waits in memory, as long as there is room.',
  },
  'end-cut': {
    status: 504,
    message:
      'What was being converted when this file ended did not come in time: silence, or no picture, is in its place.',
  },
  'ports-exhausted': { status: 503, message: 'No UDP port is free for recording. Widen the port range.' },
  'manifest-broken': {
    status: 500,
    message: "This recording's manifest cannot be read. Its files are kept.",
  },
  'file-not-found': { status: 404, message: 'There is no such file.' },
  'recording-live': { status: 409, message: 'This recording is still being made. Stop it first.' },
  'export-not-found': { status: 404, message: 'There is no such export.' },
  'export-not-ready': { status: 409, message: 'This export is not finished.' },
  'exports-full': { status: 503, message: 'Too many exports are waiting. Cancel one, or try again later.' },
  'export-needless': {
    status: 409,
    message: 'This file plays everywhere as it is: its sound is AAC already.',
  },
  'export-failed': { status: 500, message: 'The export could not be made.' },
  'share-not-found': { status: 404, message: 'There is no such link. Check that it was copied whole.' },
  'share-expired': { status: 410, message: 'This link has expired. Ask for a new one.' },
  'share-revoked': { status: 410, message: 'This link was revoked. Ask for a new one.' },
  'share-password-needed': { status: 401, message: 'This link needs a password.' },
  'share-password-wrong': { status: 401, message: 'Wrong password.' },
  'shares-full': { status: 409, message: 'This recording has too many links. Revoke some first.' },
  'download-off': { status: 403, message: 'Downloads are switched off for this link.' },
  'range-invalid': { status: 416, message: 'The requested range lies outside the file.' },
  'not-found': { status: 404, message: 'There is nothing at this address.' },
  'password-wrong': { status: 401, message: 'Wrong password.' },
  'not-signed-in': { status: 401, message: 'Sign in first.' },
  forbidden: { status: 403, message: 'You may not do this.' },
  'cross-site': { status: 403, message: 'This was asked for by the page of another site.' },
  'sfu-unreachable': {
    status: 502,
    message: 'The meeting server cannot be reached. It is usually back within seconds.',
  },
  'database-unreachable': {
    status: 503,
    message: 'The database cannot be reached at the moment. What is being recorded goes on; try again soon.',
  },
  timeout: { status: 504, message: 'The server did not answer in time.' },
  'config-invalid': { status: 500, message: 'The configuration is not valid.' },
  'port-busy': { status: 500, message: 'A port is already in use.' },
  'ffmpeg-broken': { status: 500, message: 'ffmpeg is missing or does not run.' },
  internal: { status: 500, message: 'Something went wrong on the server.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors) as [ErrorCode, ...ErrorCode[]];

/** What is sent in place of a result. */
export const errorBodySchema = z.object({
  code: z.enum(errorCodes),
  message: z.string().max(1000),
  /** When asking again may succeed; with `rate-limited`, where it is known. */
  retryAfterMs: z.number().nonnegative().optional(),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** A failure that was foreseen: it has a code, and words that a person understands. */
export class Fault extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string = errors[code].message,
    options: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The HTTP status that stands for this failure. */
  get status(): number {
    return errors[this.code].status;
  }

  toBody(): ErrorBody {
    const { code, message, retryAfterMs } = this;
    return { code, message: message.slice(0, 1000), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }

  /** The fault that `cause` is, or an `internal` one around it: what is not foreseen is never shown verbatim. */
  static from(cause: unknown): Fault {
    return cause instanceof Fault ? cause : new Fault('internal', undefined, { cause });
  }
}
