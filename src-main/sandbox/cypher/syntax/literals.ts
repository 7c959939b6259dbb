import type { IToken } from 'chevrotain'

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const UNICODE_ESCAPE_DIGITS: Readonly<Record<string, number>> = { u: 4, U: 8 }
const CODE_POINT_MAX = 0x10ffff

/** The name a token stands for: backticks around it are taken off, doubled ones inside are one. */
export function nameOf(token: IToken): string {
  const { image } = token
  return image.startsWith('`') ? image.slice(1, -1).replaceAll('``', '`') : image
}

/** What a quoted text says. A wrong `\u` escape is null. */
export function textOf(token: IToken): string | null {
  const body = token.image.slice(1, -1)
  if (!body.includes('\\')) return body
  const parts: string[] = []
  let from = 0
  for (let slash = body.indexOf('\\'); slash !== -1; slash = body.indexOf('\\', from)) {
    parts.push(body.slice(from, slash))
    const decoded = escapeAt(body, slash + 1)
    if (decoded === null) return null
    parts.push(decoded.text)
    from = slash + 1 + decoded.length
  }
  parts.push(body.slice(from))
  return parts.join('')
}

function escapeAt(body: string, at: number): { readonly text: string; readonly length: number } | null {
  const letter = body.charAt(at)
  const digits = UNICODE_ESCAPE_DIGITS[letter]
  if (digits === undefined) return { text: ESCAPES[letter] ?? letter, length: 1 }
  const hex = body.slice(at + 1, at + 1 + digits)
  const codePoint = Number.parseInt(hex, 16)
  if (hex.length < digits || !/^[0-9a-f]+$/i.test(hex) || codePoint > CODE_POINT_MAX) return null
  return { text: String.fromCodePoint(codePoint), length: 1 + digits }
}
