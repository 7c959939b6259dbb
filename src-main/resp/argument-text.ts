import { asBuffer } from '#base/bytes.ts'

/** The longest keyword, name of a command or of a subcommand. */
const wordBytesMax = 128

/** An argument as text; what is not UTF-8 becomes U+FFFD. */
export function textOf(argument: Uint8Array): string {
  return asBuffer(argument).toString('utf8')
}

/** An argument as a keyword in upper case: keywords and names of commands are case-insensitive. '' for what cannot be one. */
export function keywordOf(argument: Uint8Array | undefined): string {
  if (argument === undefined || argument.length > wordBytesMax) return ''
  return asBuffer(argument).toString('latin1').toUpperCase()
}
