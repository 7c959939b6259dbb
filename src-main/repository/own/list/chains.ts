import { fileDamage } from '../../indexed.ts'
import { metaPathOf } from '../../read-meta.ts'
import { incrementPath } from '../format/increment.ts'
import { soleBase } from './chain-ids.ts'
import { baseProblem } from './increment-row.ts'
import type { BackupRow, ListedBackup } from './listed-backup.ts'
import { worstState } from './needed-file.ts'

type Chained = Pick<ListedBackup, 'state' | 'problems' | 'isRestorable'>

/**
 * What is wrong with a row only in sight of the others: a base that is missing or does not fit, an id that stands twice;
 * and whether all that a restore needs is there. A base has a lower id, so one pass upwards is enough.
 * @param failedIds backups whose last verification failed
 */
export function chainRows<Row extends BackupRow>(
  rows: readonly Row[],
  failedIds: ReadonlySet<number>,
): Map<Row, Chained> {
  const ascending = rows.toSorted((left, right) => left.id - right.id)
  const byId = Map.groupBy(ascending, ({ id }) => id)
  const chained = new Map<Row, Chained>()
  for (const row of ascending) {
    const bases = row.baseId === null ? [] : (byId.get(row.baseId) ?? [])
    const link = linkOf(row, bases, byId.get(row.id)?.length === 2)
    const base = soleBase(row, byId)
    const isFounded = row.kind === 'full' || (base !== undefined && chained.get(base)?.isRestorable === true)
    const isRestorable = isFounded && link.state === 'ok' && !failedIds.has(row.id)
    chained.set(row, { ...link, isRestorable })
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
