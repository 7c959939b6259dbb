/** The stream is not RESP, or beyond what a reply may be. Whoever owns the connection drops it. */
export class ReplyFormatError extends Error {
  override readonly name = 'ReplyFormatError'
}

/** A length after its type byte; null is -1. @throws ReplyFormatError when it is no length or more than `most` */
export function readLength(line: Uint8Array, most: number, unit: string): number | null {
  const text = shortLine(line, 20)
  if (text === '-1') return null
  if (!/^\d{1,19}$/.test(text)) throw new ReplyFormatError(`a length that is no number`)
  const length = Number(text)
  if (length > most) throw new ReplyFormatError(`${text} ${unit} in one value, more than ${most}`)
  return length
}

/** @throws ReplyFormatError */
export function readInteger(line: Uint8Array): bigint {
  const text = shortLine(line, 21)
  if (!/^[+-]?\d{1,20}$/.test(text)) throw new ReplyFormatError('an integer that is no number')
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

/** @throws ReplyFormatError */
export function readBigNumber(line: Uint8Array): bigint {
  const text = shortLine(line, 400)
  if (!/^[+-]?\d+$/.test(text)) throw new ReplyFormatError('a big number that is no number')
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

/** @throws ReplyFormatError */
export function readDouble(line: Uint8Array): number {
  const text = shortLine(line, 400).toLowerCase()
  if (/^[+-]?inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (text === 'nan') return Number.NaN
  if (!/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/.test(text)) throw new ReplyFormatError('a double that is no number')
  return Number(text)
}

/** @throws ReplyFormatError */
export function readBoolean(line: Uint8Array): boolean {
  const text = shortLine(line, 1)
  if (text !== 't' && text !== 'f') throw new ReplyFormatError('a boolean that is neither t nor f')
  return text === 't'
}

function shortLine(line: Uint8Array, most: number): string {
  if (line.byteLength > most) throw new ReplyFormatError(`a number of ${line.byteLength} characters`)
  return String.fromCharCode(...line)
}
