const space = 0x20
const doubleQuote = 0x22
const singleQuote = 0x27
const backslash = 0x5c
const letterX = 0x78

/** what stands for a control character after a backslash; anything else stands for itself */
const escapes: ReadonlyMap<number, number> = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x61, 0x07],
])

/**
 * Splits a command written as a line, as Redis does: double quotes know `\n \r \t \b \a \xHH` and `\` before any other
 * byte, single quotes know `\'` alone, and after a closing quote comes a space or the end.
 * @returns null when the quotes do not fit
 */
export function splitInline(line: Uint8Array): readonly Uint8Array[] | null {
  const words: Uint8Array[] = []
  // no escape is shorter than what it stands for, so one piece of memory holds all words
  const scratch = new Uint8Array(line.length)
  let at = 0
  for (;;) {
    while (at < line.length && isSpace(line[at])) at += 1
    if (at >= line.length) return words
    const word = readWord(line, at, scratch)
    if (word === null) return null
    words.push(word.bytes)
    at = word.end
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === space || byte === 0 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)
}

type Word = { readonly bytes: Uint8Array; readonly end: number }

function readWord(line: Uint8Array, start: number, bytes: Uint8Array): Word | null {
  let used = 0
  let at = start
  while (at < line.length && !isSpace(line[at])) {
    const byte = line[at] ?? 0
    if (byte !== doubleQuote && byte !== singleQuote) {
      bytes[used] = byte
      used += 1
      at += 1
      continue
    }
    const quoted = readQuoted(line, at + 1, byte, bytes, used)
    if (quoted === null) return null
    used = quoted.used
    at = quoted.end
    if (at < line.length && !isSpace(line[at])) return null
  }
  return { bytes: bytes.slice(0, used), end: at }
}

/** Reads up to and with the closing quote. */
function readQuoted(line: Uint8Array, start: number, quote: number, bytes: Uint8Array, usedBefore: number) {
  let used = usedBefore
  let at = start
  while (at < line.length) {
    const byte = line[at] ?? 0
    if (byte === quote) return { used, end: at + 1 }
    const { value, length } = quote === doubleQuote ? unescapeDouble(line, at) : unescapeSingle(line, at)
    bytes[used] = value
    used += 1
    at += length
  }
  return null
}

function unescapeDouble(line: Uint8Array, at: number): { readonly value: number; readonly length: number } {
  const byte = line[at] ?? 0
  const next = line[at + 1]
  if (byte !== backslash || next === undefined) return { value: byte, length: 1 }
  const high = hexDigit(line[at + 2])
  const low = hexDigit(line[at + 3])
  if (next === letterX && high !== null && low !== null) return { value: high * 16 + low, length: 4 }
  return { value: escapes.get(next) ?? next, length: 2 }
}

function unescapeSingle(line: Uint8Array, at: number): { readonly value: number; readonly length: number } {
  const isEscape = line[at] === backslash && line[at + 1] === singleQuote
  return isEscape ? { value: singleQuote, length: 2 } : { value: line[at] ?? 0, length: 1 }
}

function hexDigit(byte: number | undefined): number | null {
  if (byte === undefined) return null
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : null
}
