import { asBuffer } from '#base/bytes.ts'

/** nothing to clean: what nearly every text is */
const plain = /^[ -~\n\t]*$/
const ESCAPE = 0x1b
const CONTROL_SEQUENCE = 0x9b
const BELL = 0x07

/**
 * Text from a server that may be shown: UTF-8 with replacement; without NUL, ANSI sequences, control characters and characters that
 * turn the direction of writing. Line ends become LF, tabs stay.
 */
export function cleanText(source: Uint8Array | string): string {
  const given = typeof source === 'string' ? source : asBuffer(source).toString('utf8')
  if (plain.test(given)) return given
  const text = given.replaceAll('\r\n', '\n')
  let clean = ''
  let index = 0
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === ESCAPE || code === CONTROL_SEQUENCE) index = endOfEscape(text, index)
    else {
      if (isShown(code)) clean += text[index]
      index += 1
    }
  }
  return clean
}

/** The same on one line. */
export function cleanLine(source: Uint8Array | string): string {
  return cleanText(source).replace(/\s+/g, ' ').trim()
}

function isShown(code: number): boolean {
  if (code === 9 || code === 10) return true
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false
  const turnsDirection = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
  return !turnsDirection && code !== 0x200e && code !== 0x200f && code !== 0xfeff
}

/** Where the text goes on after an escape sequence (ECMA-48: CSI, OSC and its kin, two characters). */
function endOfEscape(text: string, start: number): number {
  const second = text[start] === '\u009b' ? '[' : text[start + 1]
  let index = text.charCodeAt(start) === CONTROL_SEQUENCE ? start + 1 : start + 2
  if (second === '[') {
    while (index < text.length && !inRange(text.charCodeAt(index), 0x40, 0x7e)) {
      if (!inRange(text.charCodeAt(index), 0x20, 0x3f)) return index
      index += 1
    }
    return index + 1
  }
  if (second === undefined || !']PX^_'.includes(second)) return index
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === BELL) return index + 1
    if (code === 10) return index
    if (code === ESCAPE) return index + 2
  }
  return index
}

function inRange(code: number, first: number, last: number): boolean {
  return code >= first && code <= last
}
