import type { RecoveryOverview } from '#contract'
import { type View, xOf } from './view.ts'

type Timeline = RecoveryOverview['timelines'][number]
type Backup = RecoveryOverview['backups'][number]
type Mark = RecoveryOverview['marks'][number]
export type Gap = Timeline['gaps'][number]

/** A stretch on the screen, cut at its edges. */
export type Stretch<Of> = { readonly of: Of; readonly x: number; readonly width: number }

/** One sign for what would lie on top of each other. */
export type Sign = {
  readonly x: number
  readonly kind: 'full' | 'increment' | 'mark'
  readonly count: number
  /** of the first of them */
  readonly backup: Backup | null
  readonly mark: Mark | null
}

/** A line of commits below the axis: its windows, and where it left its parent. */
export type Lane = {
  readonly timeline: string
  readonly isCurrent: boolean
  readonly parent: string | null
  readonly windows: readonly Stretch<Timeline['windows'][number]>[]
  readonly forkX: number | null
}

export const laneCountMax = 4
const signPx = 14
const narrowestPx = 3
const stretchCountMax = 200

/** When a backup's state is of: its last commit, or where that is not known, when it was made. */
export function timeOfBackup({ lastCommitAtUs, createdAtUs }: Backup): number | null {
  return lastCommitAtUs ?? createdAtUs
}

/** The signs in view, kind by kind, joined where they would overlap: never more than fit side by side. */
export function signsOf({ backups, marks }: RecoveryOverview, view: View, widthPx: number): Sign[] {
  const placed: Sign[] = []
  for (const backup of backups) {
    const timeUs = timeOfBackup(backup)
    if (timeUs === null || timeUs < view.fromUs || timeUs > view.toUs) continue
    placed.push({ x: xOf(view, widthPx, timeUs), kind: backup.kind, count: 1, backup, mark: null })
  }
  for (const mark of marks) {
    if (mark.madeAtUs < view.fromUs || mark.madeAtUs > view.toUs) continue
    placed.push({ x: xOf(view, widthPx, mark.madeAtUs), kind: 'mark', count: 1, backup: null, mark })
  }
  return (['increment', 'mark', 'full'] as const).flatMap((kind) => joined(placed.filter((sign) => sign.kind === kind)))
}

function joined(signs: readonly Sign[]): Sign[] {
  const result: Sign[] = []
  for (const sign of signs.toSorted((left, right) => left.x - right.x)) {
    const last = result.at(-1)
    if (last !== undefined && sign.x - last.x < signPx) result.splice(-1, 1, { ...last, count: last.count + 1 })
    else result.push(sign)
  }
  return result
}

/**
 * The gaps of a timeline in view, at least as wide as can be seen and hit. An end without a time reaches to the window
 * next to it, or where there is none, as far as can be looked: nothing there can be gone back to.
 */
export function gapsOf(
  { gaps, windows }: Pick<Timeline, 'gaps' | 'windows'>,
  view: View,
  widthPx: number,
): Stretch<Gap>[] {
  return gaps
    .flatMap((gap) => {
      if (gap.fromUs === null && gap.toUs === null) return []
      const before = windows.findLast(({ toSequence }) => toSequence <= gap.afterSequence)
      const after = windows.find(({ fromSequence }) => fromSequence >= gap.beforeSequence)
      const fromUs = gap.fromUs ?? before?.toUs ?? Math.min(view.fromUs, gap.toUs ?? view.fromUs)
      const toUs = gap.toUs ?? after?.fromUs ?? Math.max(view.toUs, fromUs)
      return stretchOf(gap, { fromUs, toUs }, view, widthPx)
    })
    .slice(0, stretchCountMax)
}

/** The lines of commits, the current one first. */
export function lanesOf({ timelines }: RecoveryOverview, view: View, widthPx: number): Lane[] {
  const ordered = timelines.toSorted((left, right) => Number(right.isCurrent) - Number(left.isCurrent))
  return ordered.slice(0, laneCountMax).map((line) => ({
    timeline: line.timeline,
    isCurrent: line.isCurrent,
    parent: line.parent,
    windows: line.windows
      .flatMap((window) => {
        const { fromUs, toUs } = window
        return fromUs === null || toUs === null ? [] : stretchOf(window, { fromUs, toUs }, view, widthPx)
      })
      .slice(0, stretchCountMax),
    forkX: forkX(line, view, widthPx),
  }))
}

function forkX({ parent, windows }: Timeline, view: View, widthPx: number): number | null {
  const timeUs = windows[0]?.fromUs ?? null
  if (parent === null || timeUs === null || timeUs < view.fromUs || timeUs > view.toUs) return null
  return xOf(view, widthPx, timeUs)
}

function stretchOf<Of>(of: Of, stretch: View, view: View, widthPx: number): Stretch<Of>[] {
  if (stretch.toUs < view.fromUs || stretch.fromUs > view.toUs) return []
  const left = Math.max(0, xOf(view, widthPx, stretch.fromUs))
  const right = Math.min(widthPx, xOf(view, widthPx, stretch.toUs))
  const x = Math.max(0, Math.min(left, widthPx - narrowestPx))
  return [{ of, x, width: Math.max(narrowestPx, right - left) }]
}

/** From the first to the last time that anything has, with some air; null: nothing has a time. */
export function boundsOf({ timelines, backups, marks }: RecoveryOverview): View | null {
  const times = [
    ...timelines.flatMap(({ windows, gaps }) => [...windows, ...gaps].flatMap(({ fromUs, toUs }) => [fromUs, toUs])),
    ...backups.map(timeOfBackup),
    ...marks.map(({ madeAtUs }) => madeAtUs),
  ].filter((timeUs) => timeUs !== null)
  if (times.length === 0) return null
  const first = times.reduce((least, timeUs) => Math.min(least, timeUs))
  const last = times.reduce((most, timeUs) => Math.max(most, timeUs))
  const air = Math.max(1_000_000, Math.ceil((last - first) * 0.04))
  return { fromUs: Math.max(0, first - air), toUs: last + air }
}

/** What is at a place on the screen: a sign before a gap. */
export function hitAt(
  signs: readonly Sign[],
  gaps: readonly Stretch<Gap>[],
  x: number,
  isAmongSigns: boolean,
): Sign | Stretch<Gap> | null {
  const near = (sign: Sign) => Math.abs(sign.x - x)
  const sign = signs.filter((each) => near(each) <= signPx / 2).toSorted((left, right) => near(left) - near(right))[0]
  if (isAmongSigns && sign !== undefined) return sign
  return gaps.find((gap) => x >= gap.x && x <= gap.x + gap.width) ?? null
}
