import { AppError } from './app-error.ts'
import { AssertionError } from './assert.ts'
import { DamageError } from './damage.ts'
import { type ErrorCode, errorCodes } from './error-codes.ts'

/** An error as plain data: what crosses threads, the contract and the catalogue. */
export type ErrorFactsWire = {
  code: ErrorCode
  message: string
  subject: string | null
  unharmed: string | null
  nextStep: string | null
  details: string | null
}

/** Any thrown thing as plain data; what is not ours becomes INTERNAL with its chain of causes in `details`. */
export function toErrorInfo(thrown: unknown): ErrorFactsWire {
  if (thrown instanceof AppError) {
    const { message, subject, unharmed, nextStep } = thrown.facts
    return {
      code: thrown.code,
      message,
      subject: subject ?? null,
      unharmed: unharmed ?? null,
      nextStep: nextStep ?? null,
      details: causes(thrown.cause),
    }
  }
  if (thrown instanceof DamageError) {
    return {
      code: 'DAMAGED',
      message: thrown.message,
      subject: thrown.damage.file,
      unharmed: 'Nothing was written.',
      nextStep: 'Verify the backup to learn what else is damaged, or use another one.',
      details: causes(thrown.cause),
    }
  }
  if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('SQLITE_')) {
    return {
      code: 'CATALOG_UNUSABLE',
      message: `the catalogue could not be used (${thrown.code})`,
      subject: null,
      unharmed: 'No backup was touched: the catalogue only remembers what was seen.',
      nextStep: 'Check the data folder: free space, permissions, and that it is not on a network share.',
      details: causes(thrown),
    }
  }
  return {
    code: 'INTERNAL',
    message: thrown instanceof AssertionError ? 'a rule inside Lifeboat was broken' : 'something unexpected failed',
    subject: null,
    unharmed: 'Nothing in the backups was changed.',
    nextStep: 'Report it with the details below; try again, or try another backup.',
    details: causes(thrown),
  }
}

/** The error that was turned into data, made an error again on this side of a thread. */
export function fromErrorInfo(info: ErrorFactsWire): AppError {
  const { code, message, subject, unharmed, nextStep, details } = info
  return new AppError(
    code in errorCodes ? code : 'INTERNAL',
    {
      message,
      subject: subject ?? undefined,
      unharmed: unharmed ?? undefined,
      nextStep: nextStep ?? undefined,
    },
    details === null ? undefined : { cause: causeFrom(details) },
  )
}

function causeFrom(details: string): Error {
  const cause = new Error(details)
  // it says what the other side said, not where it was unpacked
  cause.stack = details
  return cause
}

function causes(thrown: unknown): string | null {
  const lines: string[] = []
  let cause = thrown
  while (cause !== undefined && cause !== null && lines.length < 8) {
    lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return lines.length === 0 ? null : lines.join('\ncaused by ')
}
