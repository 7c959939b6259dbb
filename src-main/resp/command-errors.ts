import { textOf } from './argument-text.ts'
import { type ErrorReply, errorReply } from './reply.ts'

/** as in Redis: enough to recognise what was sent, not enough to flood a log */
const shownBytesMax = 128

/** @param name in lower case, with its subcommand as `client|setname` */
export function wrongArity(name: string): ErrorReply {
  return errorReply('ERR', `wrong number of arguments for '${name}' command`)
}

/** As Redis 7 words it: the name and the beginning of the arguments. */
export function unknownCommand(name: Uint8Array, args: readonly Uint8Array[]): ErrorReply {
  let shown = ''
  for (const argument of args) {
    if (shown.length >= shownBytesMax) break
    shown += `'${textOf(argument.subarray(0, shownBytesMax - shown.length))}' `
  }
  const shownName = textOf(name.subarray(0, shownBytesMax))
  return errorReply('ERR', `unknown command '${shownName}', with args beginning with: ${shown}`)
}

/** @param command in upper case */
export function unknownSubcommand(command: string, subcommand: Uint8Array): ErrorReply {
  return errorReply(
    'ERR',
    `unknown subcommand '${textOf(subcommand.subarray(0, shownBytesMax))}'. Try ${command} HELP.`,
  )
}

/** @param name in lower case, with its subcommand */
export function notPermitted(user: string, name: string): ErrorReply {
  return errorReply('NOPERM', `User ${user} has no permissions to run the '${name}' command`)
}

export const syntaxError: ErrorReply = errorReply('ERR', 'syntax error')
export const notAnInteger: ErrorReply = errorReply('ERR', 'value is not an integer or out of range')
export const loginNeeded: ErrorReply = errorReply('NOAUTH', 'Authentication required.')
export const wrongPassword: ErrorReply = errorReply('WRONGPASS', 'invalid username-password pair or user is disabled.')
export const internalError: ErrorReply = errorReply('ERR', 'internal error')
