import { AppError } from '#base/app-error.ts'

export function serverNotFound(serverId: number): AppError {
  return new AppError('SERVER_NOT_FOUND', {
    message: 'this server is not in the list',
    subject: `server ${serverId}`,
    unharmed: 'Nothing was sent.',
    nextStep: 'Add it again.',
  })
}

/** After a start passwords are gone: they are in memory only. */
export function passwordWanted(subject: string): AppError {
  return new AppError('SERVER_REFUSED', {
    message: 'the password of this server is not known since Lifeboat was started',
    subject,
    unharmed: 'Nothing was sent.',
    nextStep: 'Give the password again: Lifeboat keeps it in memory only.',
  })
}

/** @param what "making a backup" */
export function serverBusy(subject: string, what: string): AppError {
  return new AppError('SERVER_BUSY', {
    message: `Lifeboat waits for this server, which is ${what}`,
    subject,
    unharmed: 'Nothing was sent.',
    nextStep: 'Wait until that has ended.',
  })
}

/** What the server's retention would take is not what was looked at. */
export function pruneChanged(subject: string, expected: ReadonlySet<string>, now: ReadonlySet<string>): AppError {
  const more = withoutIds(now, expected)
  const less = withoutIds(expected, now)
  const parts = [
    more.length === 0 ? null : `it would also remove ${shownIds(more)}`,
    less.length === 0 ? null : `it would not remove ${shownIds(less)}`,
  ]
  return new AppError('SOURCE_CHANGED', {
    message: `retention would take something else by now: ${parts.filter((part) => part !== null).join('; ')}`,
    subject,
    unharmed: 'Nothing was removed: only the preview was asked for.',
    nextStep: 'Look at the new preview.',
  })
}

/** @param what "the preview of its retention" */
export function replyNotUnderstood(subject: string, what: string, rawText: string): AppError {
  return new AppError(
    'REPLY_NOT_UNDERSTOOD',
    {
      message: `${what} was not understood`,
      subject,
      unharmed: 'Nothing was changed.',
      nextStep: "Look at the server's reply in the details, and use the server's own client.",
    },
    { cause: new Error(rawText) },
  )
}

/** What is in `ids` and not in `others`. */
export function withoutIds(ids: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...ids].filter((id) => !others.has(id))
}

function shownIds(ids: readonly string[]): string {
  return ids.length > 10 ? `${ids.slice(0, 10).join(', ')} and ${ids.length - 10} more` : ids.join(', ')
}
