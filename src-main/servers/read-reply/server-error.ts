import { errorTextOf, type Reply, textOf } from '../reply-tree.ts'
import { cleanLine } from './clean-text.ts'

export type ServerErrorClass =
  | 'unknown-command'
  | 'credentials'
  | 'licence'
  | 'usage'
  | 'busy'
  | 'not-found'
  | 'damage'
  | 'protocol'
  | 'degraded'
  | 'chain'
  | 'no-space'
  | 'read-only'
  | 'unclassified'

/** An error that a server sent. `isErrorReply`: false when it was a text that only looks like one. */
export type ServerError = {
  readonly class: ServerErrorClass
  /** the server's words, cleaned, on one line */
  readonly text: string
  readonly isErrorReply: boolean
}

/** First match wins: our agent's prefixes, then docs/formats/samyama.md §8.2 in its order. */
const classes: readonly (readonly [ServerErrorClass, RegExp])[] = [
  ['unknown-command', /^(ERR )?unknown command/i],
  ['credentials', /^(NOAUTH|WRONGPASS|NOPERM)\b/],
  ['busy', /^BUSY\b/],
  ['not-found', /^NOTFOUND\b/],
  ['chain', /^CHAIN\b/],
  ['damage', /^CORRUPT\b/],
  ['no-space', /^NOSPACE\b/],
  ['read-only', /^READONLY\b/],
  ['protocol', /protocol error/i],
  ['credentials', /authenticat|invalid username-password|no password is set/i],
  ['licence', /licen[cs]e|\bfeature\b|not enabled|\bexpired\b|\bedition\b/i],
  ['usage', /wrong number of arguments|syntax|unknown subcommand/i],
  ['busy', /in progress|\bbusy\b|already running/i],
  ['not-found', /not found|no such|unknown backup/i],
  ['damage', /corrupt|checksum|mismatch|verif\w* failed/i],
  ['degraded', /degraded|persist/i],
]

/** An error-looking text in a reply that is none counts as an error too: §8.2. */
const looksLikeError = /^\s*(ERR|Error|Failed)\b/i

/** The error that a reply is, else null. */
export function serverErrorOf(reply: Reply): ServerError | null {
  const errorText = errorTextOf(reply)
  const text = errorText ?? textOf(reply)
  if (text === null || (errorText === null && !looksLikeError.test(text))) return null
  const line = cleanLine(text.slice(0, 4096))
  const match = classes.find(([, form]) => form.test(line))
  return { class: match?.[0] ?? 'unclassified', text: line, isErrorReply: errorText !== null }
}
