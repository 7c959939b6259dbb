/** Bytes of keys and values as text and back. Bytes travel as base64. */

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

export function bytesFromBase64(base64: string): Uint8Array {
  const binary = atob(base64)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}

export function base64FromBytes(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/**
 * Readable text of a key: itself when it is printable UTF-8, text with \xNN escapes when a few bytes are not, and
 * "0x…" when most are not. Shows at most `limitBytes` bytes and ends with "…" when cut.
 */
export function keyText(base64: string, limitBytes = 256): string {
  const whole = bytesFromBase64(base64)
  const bytes = whole.subarray(0, limitBytes)
  const rest = whole.length > bytes.length ? '…' : ''
  const text = printableText(bytes)
  if (text !== null && !text.startsWith('0x')) return text.replaceAll('\\', '\\\\') + rest
  return (isMostlyPrintable(bytes) ? escapedText(bytes) : `0x${hexText(bytes)}`) + rest
}

/** The bytes that `keyText` would show as this text; null when an escape or the hex is not well formed. */
export function parseKeyText(text: string): Uint8Array | null {
  if (text.startsWith('0x')) return parseHex(text.slice(2))
  const parts: number[] = []
  for (const [piece] of text.matchAll(/\\x[0-9a-fA-F]{2}|\\\\|[^\\]+|\\/g)) {
    if (piece === '\\') return null
    if (piece === '\\\\') parts.push(0x5c)
    else if (piece.startsWith('\\x')) parts.push(Number.parseInt(piece.slice(2), 16))
    else parts.push(...encoder.encode(piece))
  }
  return Uint8Array.from(parts)
}

/** The text when the bytes are UTF-8 without control characters, else null. */
export function printableText(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes)
    return /[\p{Cc}\p{Cn}\p{Co}\p{Cs}]/u.test(text) ? null : text
  } catch {
    return null
  }
}

export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export type HexLine = { readonly offset: string; readonly hex: string; readonly text: string }

/** Lines of some bytes with offset, hex, and ASCII with dots. */
export function hexLines(bytes: Uint8Array, lineSizeBytes: number): HexLine[] {
  const lines: HexLine[] = []
  for (let start = 0; start < bytes.length; start += lineSizeBytes) {
    const line = bytes.subarray(start, start + lineSizeBytes)
    const pairs = Array.from(line, (byte) => byte.toString(16).padStart(2, '0'))
    lines.push({
      offset: start.toString(16).padStart(6, '0'),
      hex: pairs.join(' ').padEnd(lineSizeBytes * 3 - 1),
      text: Array.from(line, (byte) => (isPrintable(byte) ? String.fromCharCode(byte) : '.')).join(''),
    })
  }
  return lines
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f
}

function isMostlyPrintable(bytes: Uint8Array): boolean {
  let count = 0
  for (const byte of bytes) if (isPrintable(byte)) count += 1
  return count * 2 > bytes.length
}

function escapedText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    if (byte === 0x5c) text += '\\\\'
    else text += isPrintable(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

function parseHex(hex: string): Uint8Array | null {
  const digits = hex.replaceAll(' ', '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}
