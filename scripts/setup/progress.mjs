/** A set-up that cannot go on: the message says what is missing and the command that fixes it. */
export class SetupError extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'SetupError';
  }
}

/** One plain line of progress. @param {string} words */
export function say(words) {
  process.stdout.write(`· ${words}\n`);
}

/**
 * Ends the process as a failed set-up does: the error's words, or the stack of what was not foreseen.
 * @param {unknown} cause
 * @returns {never}
 */
export function giveUp(cause) {
  const words =
    cause instanceof SetupError ? cause.message : cause instanceof Error ? cause.stack : String(cause);
  process.stderr.write(`\nVerbatim cannot be set up.\n${words}\n`);
  process.exit(1);
}
