import type { ServerBackup } from '#contract'

/** A backup in its chain: a full one, or one that builds on the row above it. */
export type ChainRow = {
  readonly backup: ServerBackup
  /** it builds on another one, and stands below it */
  readonly isIncrement: boolean
  /** nothing of its chain comes after it */
  readonly isLast: boolean
  /** it names a base that the list does not have */
  readonly isBaseMissing: boolean
}

/**
 * The backups chain by chain: the chain with the newest backup first, and in it the full one with its increments below, in the order
 * in which they build on each other. Takes any list: ids that name themselves, each other in a circle, or nothing.
 */
export function chainRows(newestFirst: readonly ServerBackup[]): ChainRow[] {
  const byId = new Map(newestFirst.map((backup) => [backup.id, backup]))
  const chains = new Map<ServerBackup, ServerBackup[]>()
  const roots = rootsOf(newestFirst, byId)
  for (const backup of newestFirst) {
    const root = roots.get(backup) ?? backup
    const chain = chains.get(root)
    if (chain === undefined) chains.set(root, [backup])
    else chain.push(backup)
  }
  return [...chains].flatMap(([root, chain]) => rowsOf(root, chain, byId))
}

function rowsOf(root: ServerBackup, chain: ServerBackup[], byId: ReadonlyMap<string, ServerBackup>): ChainRow[] {
  const members = [root, ...chain.filter((backup) => backup !== root).reverse()]
  return members.map((backup, index) => ({
    backup,
    isIncrement: backup !== root || buildsOnOther(backup),
    isLast: index === members.length - 1,
    isBaseMissing: buildsOnOther(backup) && backup.baseId !== null && !byId.has(backup.baseId),
  }))
}

/** For each backup the first one of its chain, walked once each. */
function rootsOf(
  backups: readonly ServerBackup[],
  byId: ReadonlyMap<string, ServerBackup>,
): Map<ServerBackup, ServerBackup> {
  const roots = new Map<ServerBackup, ServerBackup>()
  for (const backup of backups) {
    const path: ServerBackup[] = []
    const onPath = new Set<ServerBackup>()
    let current = backup
    while (!roots.has(current) && !onPath.has(current)) {
      path.push(current)
      onPath.add(current)
      const base = current.baseId === null ? undefined : byId.get(current.baseId)
      if (base === undefined) break
      current = base
    }
    const root = roots.get(current) ?? current
    for (const each of path) roots.set(each, root)
  }
  return roots
}

function buildsOnOther({ id, baseId }: ServerBackup): boolean {
  return baseId !== null && baseId !== id
}
