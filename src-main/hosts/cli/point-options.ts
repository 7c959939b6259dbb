import type { RecoveryTarget } from '#contract'
import { badArgument } from './usage.ts'

/** How a person says where to go back to, as commander gives it. */
export type PointOptions = {
  readonly toTime?: string
  readonly exclusive: boolean
  readonly zone: string
  readonly toSequence?: string
  readonly before?: string
  readonly toBackup?: string
  readonly latest: boolean
  readonly mark?: string
}

/** A time is typed, and has to be understood with the repository at hand; the rest is what it is. */
export type AskedPoint =
  | { readonly kind: 'typed'; readonly text: string; readonly zone: string; readonly isExclusive: boolean }
  | { readonly kind: 'target'; readonly target: RecoveryTarget }

const HOW =
  'Write one of --to-time, --to-sequence, --before, --to-backup, --latest and --mark; --exclusive and --zone go with --to-time.'

/** The point that was asked for; null: none. @throws AppError BAD_REQUEST for several, or for one that is none */
export function askedPoint(options: PointOptions): AskedPoint | null {
  const points = pointsIn(options)
  const [point = null] = points
  if (points.length > 1) throw badArgument('more than one point to go back to', namesOf(options), HOW)
  if (options.exclusive && point?.kind !== 'typed') throw badArgument('no time to be exclusive of', '--exclusive', HOW)
  return point
}

function pointsIn(options: PointOptions): AskedPoint[] {
  const { toTime, toSequence, before, toBackup, latest, mark } = options
  const points: AskedPoint[] = []
  const add = (target: RecoveryTarget) => points.push({ kind: 'target', target })
  if (toTime !== undefined) {
    points.push({ kind: 'typed', text: toTime, zone: options.zone, isExclusive: options.exclusive })
  }
  if (toSequence !== undefined) add({ kind: 'sequence', sequence: numberOf(toSequence, '--to-sequence') })
  if (before !== undefined) add({ kind: 'before', sequence: numberOf(before, '--before') })
  if (toBackup !== undefined) add({ kind: 'backup', backupId: numberOf(toBackup, '--to-backup') })
  if (latest) add({ kind: 'latest' })
  if (mark !== undefined) add({ kind: 'mark', name: mark })
  return points
}

function namesOf({ toTime, toSequence, before, toBackup, latest, mark }: PointOptions): string {
  const given = {
    '--to-time': toTime !== undefined,
    '--to-sequence': toSequence !== undefined,
    '--before': before !== undefined,
    '--to-backup': toBackup !== undefined,
    '--latest': latest,
    '--mark': mark !== undefined,
  }
  return Object.entries(given)
    .flatMap(([name, isGiven]) => (isGiven ? name : []))
    .join(', ')
}

function numberOf(text: string, option: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw badArgument(`${option} takes a number`, text, HOW)
}
