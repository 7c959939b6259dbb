import { fileDamage } from '../../indexed.ts'
import { metaPathOf } from '../../read-meta.ts'
import { incrementPath } from '../format/increment.ts'
import { baseProblem } from './increment-row.ts'
import type { BackupRow, ListedBackup } from './listed-backup.ts'
import { worstState } from './needed-file.ts'

type Chained = Pick<ListedBackup, 'state' | 'problems' | 'chainIds' | 'dependentIds' | 'isRestorable'>

/**
 * What each row needs and what needs it, and what is wrong with a row only in sight of the others: a base that is
 * missing or does not fit, an id that stands twice. A base has a lower id, so one pass upwards is enough.
 * @param failedIds backups whose last verification failed
 */
export function chainRows<Row extends BackupRow>(
  rows: readonly Row[],
  failedIds: ReadonlySet<number>,
): Map<Row, Chained> {
  const ascending = rows.toSorted((left, right) => left.id - right.id)
  const byId = Map.groupBy(ascending, ({ id }) => id)
  const chained = new Map<Row, Chained>()
  const dependents = new Map<number, number[]>()
  for (const row of ascending) {
    const bases = row.baseId === null ? [] : (byId.get(row.baseId) ?? [])
    const link = linkOf(row, bases, byId.get(row.id)?.length === 2)
    const base = bases.length === 1 ? bases[0] : undefined
    const below = base === undefined ? undefined : chained.get(base)
    const isFounded = row.kind === 'full' || below?.isRestorable === true
    const chainIds = [...(below?.chainIds ?? []), row.id]
    for (const id of chainIds.slice(0, -1)) dependents.set(id, [...(dependents.get(id) ?? []), row.id])
    const isRestorable = isFounded && link.state === 'ok' && !failedIds.has(row.id)
    chained.set(row, { ...link, chainIds, dependentIds: [], isRestorable })
  }
  for (const [row, facts] of chained) {
    chained.set(row, { ...facts, dependentIds: dependents.get(row.id) ?? [] })
  }
  return chained
}

function linkOf(
  row: BackupRow,
  bases: readonly BackupRow[],
  standsTwice: boolean,
): Pick<Chained, 'state' | 'problems'> {
  const isBuilding = row.kind === 'increment' && row.baseId !== null
  const problem = isBuilding ? baseProblem(row, bases) : null
  const twice = standsTwice
    ? [fileDamage(row.kind === 'full' ? metaPathOf(row.id) : incrementPath(row.id), 'two backups have this id')]
    : []
  return {
    state: problem === null ? row.state : worstState([row.state, 'incomplete']),
    problems: [...row.problems, ...(problem === null ? [] : [problem]), ...twice],
  }
}
