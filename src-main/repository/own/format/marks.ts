import { BodyReader } from './body-reader.ts'
import { TIMELINE_ID } from './timelines.ts'

export const MARKS_FILE = 'marks.json'
export const MARK_NAME_LENGTH_MAX = 200

/** A recovery point that somebody named: the state of a timeline after the last commit up to a sequence. */
export type Mark = {
  readonly name: string
  readonly timeline: string
  readonly sequence: number
  readonly madeAtUs: number
}

/** @throws DamageError, also for a name that stands twice */
export function parseMarks(body: unknown): Mark[] {
  const names = new Set<string>()
  return new BodyReader(MARKS_FILE, body).objects('marks', (item) => {
    const mark = {
      name: item.text('name', MARK_NAME_LENGTH_MAX),
      timeline: item.matching('timeline', TIMELINE_ID, 'the id of a timeline'),
      sequence: item.count('sequence'),
      madeAtUs: item.count('madeAtUs'),
    }
    if (!isMarkName(mark.name)) throw item.damage('name', 'a name of visible characters', mark.name)
    if (names.has(mark.name)) throw item.damage('name', 'a name that stands once', mark.name)
    names.add(mark.name)
    return mark
  })
}

/** 1 to 200 characters without control characters, and without space at its ends, which nobody would see. */
export function isMarkName(name: string): boolean {
  return name.length >= 1 && name.length <= MARK_NAME_LENGTH_MAX && name.trim() === name && !/\p{C}/u.test(name)
}
