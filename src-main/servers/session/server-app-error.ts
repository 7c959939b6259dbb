import { AppError } from '#base/app-error.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import type { LostReplyError } from '../connection/server-connection.ts'
import type { ServerError, ServerErrorClass } from '../read-reply/server-error.ts'

type Rule = { readonly code: ErrorCode; readonly what: string; readonly nextStep: string }

const rules: Readonly<Record<ServerErrorClass, Rule>> = {
  'unknown-command': {
    code: 'SERVER_LACKS_COMMAND',
    what: 'the server does not know this command',
    nextStep:
      'Work with its files instead: open its repository or database directory, or run the Lifeboat agent beside it.',
  },
  credentials: {
    code: 'SERVER_REFUSED',
    what: 'the server refused the credentials',
    nextStep: 'Check user, password and the rights of that user.',
  },
  licence: {
    code: 'SERVER_REFUSED',
    what: "the server's licence does not cover this",
    nextStep: 'Check the licence on the server; licences may be bound to one host.',
  },
  usage: {
    code: 'SERVER_FAILED',
    what: 'the server does not take the command in this form',
    nextStep: "Compare the server's version with the ones that Lifeboat knows.",
  },
  busy: {
    code: 'SERVER_BUSY',
    what: 'the server is busy',
    nextStep: 'Wait until the running backup has ended, then try again.',
  },
  'not-found': {
    code: 'BACKUP_NOT_FOUND',
    what: 'the server has no such backup',
    nextStep: 'Read the list again: it may have been removed by retention.',
  },
  damage: {
    code: 'DAMAGED',
    what: 'the server found damage',
    nextStep: 'Verify the other backups, and make a new full one.',
  },
  protocol: {
    code: 'REPLY_NOT_UNDERSTOOD',
    what: 'the server misread the command',
    nextStep: 'Try again; the connection was dropped.',
  },
  degraded: {
    code: 'SERVER_FAILED',
    what: 'the server is degraded and may be refusing writes',
    nextStep: "Look at the server's own log now.",
  },
  chain: {
    code: 'BACKUP_NEEDED',
    what: 'another kept backup needs this one',
    nextStep: 'Delete the backups that depend on it first, or all of them together.',
  },
  'no-space': {
    code: 'DISK_FULL',
    what: 'the server has no space left',
    nextStep: 'Free space where the server keeps its backups.',
  },
  'read-only': {
    code: 'READ_ONLY',
    what: 'the server is read-only',
    nextStep: 'Connect to the server that takes writes, or start it without its read-only setting.',
  },
  unclassified: {
    code: 'SERVER_FAILED',
    what: 'the server answered with an error',
    nextStep: "Look at the server's own log.",
  },
}

/** An error reply as an error of ours, with the server's words. @param unharmed a sentence, when it is known */
export function appErrorOf(error: ServerError, subject: string, unharmed?: string): AppError {
  const { code, what, nextStep } = rules[error.class]
  return new AppError(code, { message: `${what} (${error.text.slice(0, 500)})`, subject, unharmed, nextStep })
}

/** A reply that was lost while nothing was being changed. */
export function lostRead(error: LostReplyError, subject: string): AppError {
  const code = error.reason === 'format' ? 'REPLY_NOT_UNDERSTOOD' : 'SERVER_UNREACHABLE'
  const facts = {
    message: `no usable reply (${error.message})`,
    subject,
    unharmed: 'Nothing was changed: the command only reads.',
    nextStep: 'Try again; if it stays so, look at the server and at what lies between.',
  }
  return new AppError(code, facts, { cause: error })
}

/** Nobody knows whether a changing command was carried out. @param why lower-case phrase */
export function outcomeUnknown(subject: string, why: string, cause?: Error): AppError {
  const facts = {
    message: `it is not known whether the server did it (${why})`,
    subject,
    unharmed: 'The command was sent once and is not sent again.',
    nextStep: "Read the server's list to see what became of it before trying again.",
  }
  return new AppError('OUTCOME_UNKNOWN', facts, cause === undefined ? undefined : { cause })
}

export function lacksCapability(subject: string, what: string): AppError {
  return new AppError('SERVER_LACKS_COMMAND', {
    message: `${what} is not something this server is known to do`,
    subject,
    unharmed: 'Nothing was sent.',
    nextStep: 'Run the Lifeboat agent beside the server, or work with its files.',
  })
}
