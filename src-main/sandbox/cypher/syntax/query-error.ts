import { AppError } from '#base/app-error.ts'

const SHOWN_CHARACTERS_MAX = 40

/** `line 2, column 5`, both from 1; columns count UTF-16 units. The end has the offset -1 too. */
function placeOf(text: string, at: number): string {
  const end = at < 0 ? text.length : at
  let line = 1
  let lineStart = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < end; next = text.indexOf('\n', next + 1)) {
    line += 1
    lineStart = next + 1
  }
  return `line ${line}, column ${end - lineStart + 1}`
}

/** The query cannot be run as it stands: what is wrong and where. One line, whatever the query holds. */
export function queryError(text: string, at: number, message: string, options?: ErrorOptions): AppError {
  return new AppError('BAD_REQUEST', { message, subject: placeOf(text, at) }, options)
}

/** A part of the query for a message: one line, short. */
export function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
  return line.length <= SHOWN_CHARACTERS_MAX ? line : `${line.slice(0, SHOWN_CHARACTERS_MAX)}…`
}
