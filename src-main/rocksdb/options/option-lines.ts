import { asBuffer } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { failAt, type Place } from '../place.ts'
import { readable, withoutComment } from './option-text.ts'

const LINE_FEED = 0x0a

/** A line with something in it. */
export type OptionLine = { readonly text: string; readonly place: Place }

/** The lines of an OPTIONS file that are not empty and not only a comment. @throws DamageError */
export function* optionLines(bytes: Uint8Array, file: string): Generator<OptionLine> {
  const whole = { file, structure: 'OPTIONS', offsetBytes: 0 }
  const { optionsFileBytesMax, optionsLineBytesMax } = limits
  if (bytes.length > optionsFileBytesMax) {
    failAt(whole, 'the file is too large', `at most ${optionsFileBytesMax} bytes`, `${bytes.length} bytes`)
  }
  // the engine drops an unfinished last line without a word: what it said would be lost
  if (bytes.at(-1) !== LINE_FEED) failAt(whole, 'the file does not end in a line feed')
  const buffer = asBuffer(bytes)
  let start = 0
  for (let lineNumber = 1; start < bytes.length; lineNumber += 1) {
    const end = buffer.indexOf(LINE_FEED, start)
    const place = { file, structure: `OPTIONS line ${lineNumber}`, offsetBytes: start }
    if (end - start > optionsLineBytesMax) {
      failAt(place, 'the line is too long', `at most ${optionsLineBytesMax} bytes`, `${end - start} bytes`)
    }
    const text = withoutComment(readable(buffer.subarray(start, end)))
    start = end + 1
    if (text !== '') yield { text, place }
  }
}
