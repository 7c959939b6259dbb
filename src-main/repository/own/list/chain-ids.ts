import type { ListedBackup } from './listed-backup.ts'

type Link = Pick<ListedBackup, 'id' | 'baseId'>

/**
 * What a restore of a backup needs, its full first, itself last; from the first one that can be found: a base that is
 * missing, or whose id stands twice, ends the chain.
 */
export function chainIdsOf(backups: readonly Link[], backup: Link): number[] {
  const byId = Map.groupBy(backups, ({ id }) => id)
  const ids: number[] = []
  for (let each: Link | undefined = backup; each !== undefined; each = soleBase(each, byId)) ids.push(each.id)
  return ids.reverse()
}

/** Backups that need this one, ascending. */
export function dependentIdsOf(backups: readonly Link[], backup: Pick<Link, 'id'>): number[] {
  return dependentsOfAny(backups, [backup])
}

/** Backups that need one of these, ascending; one of these themselves when it needs another one. */
export function dependentsOfAny(backups: readonly Link[], some: readonly Pick<Link, 'id'>[]): number[] {
  const byId = Map.groupBy(backups, ({ id }) => id)
  const needed = new Set(some.map(({ id }) => id))
  const dependents = new Set<number>()
  for (const backup of backups.toSorted((left, right) => left.id - right.id)) {
    const base = soleBase(backup, byId)
    if (base === undefined || !needed.has(base.id)) continue
    needed.add(backup.id)
    dependents.add(backup.id)
  }
  return [...dependents]
}

/** The backup that another one builds on, when it is certain which one that is. A base has a lower id. */
export function soleBase<Row extends Link>(
  { id, baseId }: Link,
  byId: ReadonlyMap<number, readonly Row[]>,
): Row | undefined {
  const bases = baseId === null || baseId >= id ? [] : (byId.get(baseId) ?? [])
  return bases.length === 1 ? bases[0] : undefined
}
