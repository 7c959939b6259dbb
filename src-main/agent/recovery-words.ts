import type { RecoveryTarget } from '#contract'
import type { ArgumentReader } from './argument-reader.ts'

const MARK_CHARACTERS_MAX = 200

/** Reads `<id | TIME us | SEQ n | BEFORE seq | LATEST | MARK name>`. @throws AppError BAD_REQUEST */
export function readTarget(read: ArgumentReader): RecoveryTarget {
  switch (read.keyword('TIME', 'SEQ', 'BEFORE', 'LATEST', 'MARK')) {
    case 'TIME':
      return { kind: 'time', timeUs: read.integer('the time'), isInclusive: true }
    case 'SEQ':
      return { kind: 'sequence', sequence: read.integer('the sequence') }
    case 'BEFORE':
      return { kind: 'before', sequence: read.integer('the sequence') }
    case 'LATEST':
      return { kind: 'latest' }
    case 'MARK':
      return { kind: 'mark', name: readName(read, 'the name of the mark', MARK_CHARACTERS_MAX) }
    case null:
      return { kind: 'backup', backupId: read.integer('the id', { min: 1 }) }
  }
}

/** A text for people: of one line. @throws AppError BAD_REQUEST */
export function readName(read: ArgumentReader, what: string, charactersMax: number): string {
  const text = read.text(what)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it
  if (text !== '' && text.length <= charactersMax && !/[\u0000-\u001f\u007f]/.test(text)) return text
  return read.refuse(`${what} has 1 to ${charactersMax} characters, none of them a control character`)
}
