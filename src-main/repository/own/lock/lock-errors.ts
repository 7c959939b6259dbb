import { AppError } from '#base/app-error.ts'
import { fileError } from '#base/file-error.ts'
import type { LockHolder } from './holder.ts'

/** The lock is somebody else's. */
export function lockBusy(root: string, holder: LockHolder | null): AppError {
  return new AppError('REPOSITORY_BUSY', {
    message: `another process writes into this repository: ${nameOf(holder)}`,
    subject: root,
    unharmed: 'Nothing was changed.',
    nextStep: 'Stop it, or wait: a holder that is gone is noticed, one on another machine after 60 seconds.',
  })
}

/** The lock was ours. */
export function lockLost(root: string, holder: LockHolder | null): AppError {
  return new AppError('REPOSITORY_BUSY', {
    message: `the lock of the repository was taken from this process, by ${nameOf(holder)}`,
    subject: root,
    unharmed: 'This process writes nothing more; what it had published is whole.',
    nextStep: 'Find out why it was silent for so long (a stopped machine, a disk that hung), then start it again.',
  })
}

/** What the operating system said, as an AppError; an AppError stays as it is. */
export function asAppError(cause: unknown, subject: string): AppError {
  return cause instanceof AppError ? cause : fileError(cause, subject)
}

function nameOf(holder: LockHolder | null): string {
  if (holder === null) return 'one that does not say who it is'
  const { program, processId, host, startedAtUs, heartbeatAtUs } = holder
  return `${program}, process ${processId} on ${host}, since ${time(startedAtUs)}, last seen ${time(heartbeatAtUs)}`
}

function time(timeUs: number): string {
  const date = new Date(timeUs / 1000)
  return Number.isNaN(date.getTime()) ? `${timeUs} µs` : date.toISOString()
}
