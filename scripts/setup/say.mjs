/**
 * One plain line for the person at the terminal; to stderr, so that stdout stays the command's own.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`lifeboat: ${line}\n`)
}

/** An expected end of the launcher: shown as its message, without a stack. */
export class SetupError extends Error {}
