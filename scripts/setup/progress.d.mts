export class SetupError extends Error {
  constructor(message: string, options?: ErrorOptions);
}
export function say(words: string): void;
export function giveUp(cause: unknown): never;
