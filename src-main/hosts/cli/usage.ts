import { AppError } from '#base/app-error.ts'

/** An argument that cannot be what it should be; exit status 2. `nextStep` is a sentence that says what can be written. */
export function badArgument(message: string, subject: string, nextStep: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject, unharmed: 'Nothing was done.', nextStep })
}

/** How many items of a list: a number from 1 on, or "all". @throws AppError BAD_REQUEST */
export function limitOf(given: string): number {
  if (given === 'all') return Number.POSITIVE_INFINITY
  const limit = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(limit) && limit > 0) return limit
  throw badArgument('not a number of lines', given, 'Write a number from 1 on, or "all".')
}

/** A key as base64: text as it is, or bytes in hex behind 0x, as keys are printed. @throws AppError BAD_REQUEST */
export function keyOf(given: string): string {
  if (!given.startsWith('0x')) return Buffer.from(given, 'utf8').toString('base64')
  const digits = given.slice(2)
  if (/^([0-9a-f]{2})*$/i.test(digits)) return Buffer.from(digits, 'hex').toString('base64')
  throw badArgument('not a key in hex', given, 'Behind 0x, write two hex digits for each byte.')
}
