/** Bytes of keys and values as text and back. Bytes travel as base64. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
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
 * Readable text of a key: itself when it is printable UTF-8, with \xNN escapes for what cannot be seen, and "0x…" when
 * most of it cannot. Two keys never look the same. Shows at most `limitBytes` bytes and ends with "…" when cut.
 */
export function keyText(base64: string, limitBytes = 256): string {
  const start = bytesFromBase64(base64.slice(0, Math.ceil((limitBytes + 1) / 3) * 4))
  if (start.length <= limitBytes) return bytesText(start)
  return `${bytesText(wholeCharacters(start.subarray(0, limitBytes)))}…`
}

/** The first and the last key of something, each at most 24 bytes of it. */
export function keyRangeText(smallest: string, largest: string): string {
  return [smallest, largest].map((key) => (key === '' ? '(empty key)' : keyText(key, 24))).join(' … ')
}

/** A name from a file, which may hold anything, as `keyText` shows a key. */
export function nameText(name: string): string {
  return name === '' ? '(no name)' : bytesText(encoder.encode(name))
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

/** The text when the bytes are UTF-8 without characters that cannot be seen, else null. */
export function printableText(bytes: Uint8Array): string | null {
  const text = decoded(bytes)
  return text === null || invisible.test(text) ? null : text
}

/** The text of a value for reading: line breaks and tabs are part of it; null when it is not text. */
export function readableText(bytes: Uint8Array): string | null {
  const text = decoded(wholeCharacters(bytes))
  return text === null || invisible.test(text.replace(/[\r\n\t]/g, '')) ? null : text
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

/**
 * Control characters, line separators, what has no glyph, and what changes the direction or has no width: a key must not
 * look like another one. Joiners are part of emoji and of scripts, but not of ASCII.
 */
const invisible =
  /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}|(?<=^|[\u0020-\u007e])[\u200c\u200d]/u

function bytesText(bytes: Uint8Array): string {
  const text = printableText(bytes)
  if (text !== null && !/^0x|^ | $|\\/.test(text)) return text
  const pieces = escapedPieces(bytes)
  const seenBytes = pieces.reduce((sum, piece) => sum + (piece.isSeen ? piece.sizeBytes : 0), 0)
  if (seenBytes * 2 <= bytes.length) return `0x${hexText(bytes)}`
  return pieces.map((piece) => piece.text).join('')
}

type Piece = { readonly text: string; readonly isSeen: boolean; readonly sizeBytes: number }

function escapedPieces(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length; ) {
    const piece = pieceAt(bytes, at)
    pieces.push(piece)
    at += piece.sizeBytes
  }
  return pieces
}

function pieceAt(bytes: Uint8Array, at: number): Piece {
  const character = bytes.subarray(at, at + characterSizeBytes(bytes[at] ?? 0))
  const text = printableText(character)
  if (text === null) return { text: escaped(bytes.subarray(at, at + 1)), isSeen: false, sizeBytes: 1 }
  const isEdgeSpace = text === ' ' && (at === 0 || at === bytes.length - 1)
  const looksLikeHex = at === 0 && bytes[0] === 0x30 && bytes[1] === 0x78
  if (isEdgeSpace || looksLikeHex) return { text: escaped(character), isSeen: true, sizeBytes: 1 }
  return { text: text === '\\' ? '\\\\' : text, isSeen: true, sizeBytes: character.length }
}

function escaped(bytes: Uint8Array): string {
  return hexText(bytes).replace(/../g, '\\x$&')
}

/** By the lead byte of UTF-8. */
function characterSizeBytes(lead: number): number {
  if (lead < 0xc0) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}

/** Without the beginning of a character that the cut left at the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return characterSizeBytes(byte) > back ? bytes.subarray(0, -back) : bytes
    if (byte < 0x80) return bytes
  }
  return bytes
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

function parseHex(hex: string): Uint8Array | null {
  const digits = hex.replaceAll(' ', '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}
