import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import { type ErrorReply, errorReply } from '../resp/reply.ts'

/** The protocol's first words; what is not here is ERR. */
const CODES: Partial<Record<ErrorCode, string>> = {
  BACKUP_NOT_FOUND: 'NOTFOUND',
  PATH_NOT_FOUND: 'NOTFOUND',
  JOB_RUNNING: 'BUSY',
  REPOSITORY_BUSY: 'BUSY',
  BACKUP_NEEDED: 'CHAIN',
  BACKUP_PROTECTED: 'CHAIN',
  CHAIN_BROKEN: 'CHAIN',
  DAMAGED: 'CORRUPT',
  CHECKSUM_MISMATCH: 'CORRUPT',
  BACKUP_INCOMPLETE: 'CORRUPT',
  DISK_FULL: 'NOSPACE',
  READ_ONLY: 'READONLY',
  TARGET_UNUSABLE: 'READONLY',
}

/** An expected failure as a reply of one line: what happened, to what, what was not harmed, what to do. Null for a bug. */
export function expectedErrorReply(thrown: unknown): ErrorReply | null {
  if (thrown instanceof DamageError) return errorReply('CORRUPT', thrown.message)
  if (!(thrown instanceof AppError) || thrown.code === 'INTERNAL') return null
  const { message, subject, unharmed, nextStep } = thrown.facts
  const what = subject === undefined ? message : `${message}: ${subject}`
  return errorReply(
    CODES[thrown.code] ?? 'ERR',
    [what, unharmed, nextStep].filter(Boolean).join('. ').replaceAll('..', '.'),
  )
}
