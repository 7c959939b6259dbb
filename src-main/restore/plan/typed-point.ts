import type { RecoveryTarget, TypedPoint } from '../../contract/recovery.ts'
import { readTime } from './typed-point/read-time.ts'
import { resolveTime } from './typed-point/resolve-time.ts'

export type TypedPointContext = {
  readonly nowUs: number
  readonly marks: readonly { readonly name: string }[]
  readonly backups: readonly { readonly backupId: number }[]
}

const HINT =
  'Write a time (10:30:04, yesterday 14:00, 2026-03-04T10:30:04.118204Z), seq 88122, before 88122, backup 3, latest, or the name of a recovery point.'

/**
 * What a typed text means as a point to go back to. Microseconds are kept exactly. Words come before names: a recovery
 * point that is called like one is had with `mark` in front.
 * @param zone IANA name, for times without one
 */
export function parseTypedPoint(text: string, zone: string, context: TypedPointContext): TypedPoint {
  const typed = text.trim()
  if (typed === '') return { kind: 'unclear', sentence: HINT }
  const point = wordPoint(typed, context) ?? timePoint(typed, zone, context)
  const isName = context.marks.some(({ name }) => name === typed)
  if (point === null || (point.kind === 'unclear' && isName)) return namedPoint(typed, context)
  return point
}

function wordPoint(typed: string, context: TypedPointContext): TypedPoint | null {
  if (typed.toLowerCase() === 'latest') return resolved({ kind: 'latest' }, 'The last state that the repository knows.')
  const [, word, digits] = /^(seq|sequence|before|backup)\s+([0-9]+)$/i.exec(typed) ?? []
  if (word !== undefined && digits !== undefined) return numberPoint(word.toLowerCase(), Number(digits), context)
  const name = /^mark\s+(.+)$/i.exec(typed)?.[1]
  return name === undefined ? null : namedPoint(name, context)
}

function numberPoint(word: string, number: number, { backups }: TypedPointContext): TypedPoint {
  if (!Number.isSafeInteger(number))
    return { kind: 'unclear', sentence: 'The number is larger than any that is used here.' }
  if (word === 'before') {
    return resolved({ kind: 'before', sequence: number }, `The state just before the commit with sequence ${number}.`)
  }
  if (word !== 'backup') {
    return resolved(
      { kind: 'sequence', sequence: number },
      `The state after the last whole commit up to sequence ${number}.`,
    )
  }
  if (backups.some(({ backupId }) => backupId === number)) {
    return resolved({ kind: 'backup', backupId: number }, `The state of backup ${number}.`)
  }
  return { kind: 'unclear', sentence: `There is no backup ${number}.` }
}

function timePoint(typed: string, zone: string, { nowUs }: TypedPointContext): TypedPoint | null {
  const text = typed.replace(/^before\s+/i, '')
  const time = readTime(text)
  if (time === null) return null
  if (typeof time === 'string') return { kind: 'unclear', sentence: time }
  return resolveTime(time, { zone, nowUs, isInclusive: text === typed })
}

/** As it is written; else in other case, where that is only one. */
function namedPoint(name: string, { marks }: TypedPointContext): TypedPoint {
  const exact = marks.find((mark) => mark.name === name)
  const alike = marks.filter((mark) => mark.name.toLowerCase() === name.toLowerCase())
  const [found] = exact === undefined ? alike : [exact]
  if (found === undefined) return { kind: 'unclear', sentence: `No recovery point has the name “${name}”. ${HINT}` }
  if (exact === undefined && alike.length > 1) {
    const choices = alike.map((mark) => ({ target: target(mark.name), sentence: sentenceOf(mark.name) }))
    return {
      kind: 'ambiguous',
      sentence: 'Several recovery points have this name in other letters: choose one.',
      choices,
    }
  }
  return resolved(target(found.name), sentenceOf(found.name))
}

function target(name: string): RecoveryTarget {
  return { kind: 'mark', name }
}

function sentenceOf(name: string): string {
  return `The recovery point “${name}”.`
}

function resolved(point: RecoveryTarget, sentence: string): TypedPoint {
  return { kind: 'resolved', target: point, sentence }
}
