import type { ErrorBody } from '#protocol/errors.ts';

/** A key of the server that is to be asked for, and whether one was given that is not right. */
export interface WantedKey {
  readonly what: 'create' | 'record';
  readonly isWrong: boolean;
}

/** What a refusal asks for; undefined when no key would help. */
export function wantedKey({ code }: ErrorBody): WantedKey | undefined {
  switch (code) {
    case 'create-key-needed':
    case 'create-key-wrong':
      return { what: 'create', isWrong: code === 'create-key-wrong' };
    case 'record-key-needed':
    case 'record-key-wrong':
      return { what: 'record', isWrong: code === 'record-key-wrong' };
    default:
      return undefined;
  }
}
