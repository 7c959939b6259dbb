import { ORPCError } from '@orpc/client'
import type { ErrorInfo } from '#contract'

/** The line to the core is not there. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError'
}

/** What was asked for just then may still be carried out: a job or a server's backup does not need the line. */
const lostLine: ErrorInfo = {
  code: 'IO_FAILED',
  message: 'no answer from the Lifeboat core',
  subject: null,
  unharmed: 'Backups are only ever read; nothing in them was changed.',
  nextStep:
    'The connection is tried again by itself. When it is back, look whether what you asked for was begun before you ask again.',
  details: null,
}

/** The contract's own bounds refused it before the core saw it. */
const refused: ErrorInfo = {
  code: 'BAD_REQUEST',
  message: 'this is more than Lifeboat accepts here',
  subject: null,
  unharmed: 'Nothing was done.',
  nextStep: 'Check what was typed: it is empty or too long.',
  details: null,
}

/** Whatever was thrown, as the facts a person needs. */
export function errorInfoOf(thrown: unknown): ErrorInfo {
  const declared = declaredInfo(thrown)
  if (declared !== null) return declared
  const details = detailsOf(thrown)
  if (thrown instanceof ORPCError && thrown.code === 'BAD_REQUEST') return { ...refused, details }
  if (thrown instanceof NotConnectedError || isAbort(thrown)) return { ...lostLine, details }
  return {
    code: 'INTERNAL',
    message: 'something went wrong inside Lifeboat',
    subject: null,
    unharmed: 'Backups are only ever read; nothing in them was changed.',
    nextStep: 'Try again. If it happens again, copy the details and report them.',
    details,
  }
}

function declaredInfo(thrown: unknown): ErrorInfo | null {
  if (!(thrown instanceof ORPCError)) return null
  const data: unknown = thrown.data
  return isErrorInfo(data) ? data : null
}

function isErrorInfo(data: unknown): data is ErrorInfo {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data && 'nextStep' in data
}

/** oRPC rejects the calls that were open on a lost line as aborted. */
function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError'
}

function detailsOf(thrown: unknown): string {
  const lines: string[] = []
  let current: unknown = thrown
  for (let depth = 0; depth < 8 && current !== undefined; depth += 1) {
    lines.push(current instanceof Error ? `${current.name}: ${current.message}` : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return lines.join('\n')
}
