import type { LostEdge, LostNode } from '../lost.ts'
import { propertyChanges } from '../row-changes.ts'
import { Batch } from './batches.ts'
import { cellText, integerIn } from './live-graph.ts'
import { ask, noteConflict, type ReplayContext } from './replay-context.ts'
import { isGone } from './restore-edges.ts'
import { lookQuery, type Setting, setQuery, settingOf, standingOf } from './setting.ts'

const ROWS_MAX = 500
const QUERY_BYTES = 400
/** each source of an edge stands in the query once more */
const EDGE_BYTES = 24
/** many small groups hold as much as one large one may */
const GROUPS_MAX = 64

/** Sets changed properties of nodes and edges back to what they were. */
export async function setBack(context: ReplayContext): Promise<void> {
  for (const which of ['nodes', 'edges'] as const) {
    const groups = new Map<string, Batch<Setting>>()
    for (const row of context.lost.rows(which)) {
      if (row.kind === 'other' || row.after === null || (row.kind === 'edge' && isGone(row))) continue
      await addRow(context, groups, row)
    }
    await flush(context, groups)
  }
}

async function addRow(
  context: ReplayContext,
  groups: Map<string, Batch<Setting>>,
  row: LostNode | LostEdge,
): Promise<void> {
  for (const change of propertyChanges(row.before.properties, row.after?.properties ?? [])) {
    const setting = settingOf(row, change, context.journal)
    if (setting === null) {
      context.counts.properties.unwritableCount += 1
      continue
    }
    const nameBytes = 4 * Buffer.byteLength(change.name) + Buffer.byteLength(setting.edgeType)
    let batch = groups.get(setting.group)
    if (batch === undefined) {
      if (groups.size === GROUPS_MAX) await flush(context, groups)
      batch = new Batch(context.live.queryBytesMax - QUERY_BYTES - nameBytes, ROWS_MAX)
      groups.set(setting.group, batch)
    }
    const sizeBytes = Buffer.byteLength(setting.row) + EDGE_BYTES
    if (batch.isTooLong(sizeBytes)) context.counts.properties.unwritableCount += 1
    else {
      if (!batch.hasRoomFor(sizeBytes)) await setBatch(context, batch.take())
      batch.add(setting, sizeBytes)
    }
  }
}

async function flush(context: ReplayContext, groups: Map<string, Batch<Setting>>): Promise<void> {
  for (const batch of groups.values()) if (!batch.isEmpty) await setBatch(context, batch.take())
  groups.clear()
}

async function setBatch(context: ReplayContext, settings: readonly Setting[]): Promise<void> {
  const { counts, isWriting, onProgress } = context
  const chosen = await choose(context, settings)
  if (!isWriting || chosen.length === 0) counts.properties.setCount += chosen.length
  else {
    const answer = await ask(context, setQuery(chosen, context.isForced))
    counts.properties.setCount += answer.length
    // somebody wrote between the two queries
    counts.properties.conflictingCount += chosen.length - answer.length
  }
  onProgress({ phase: 'properties', doneCount: counts.properties.setCount + counts.properties.alreadyCount })
}

/** Those that are still at their value after, or all that are not at their value before when it is forced. */
async function choose(context: ReplayContext, settings: readonly Setting[]): Promise<Setting[]> {
  const { counts, isForced } = context
  const byId = new Map(settings.map((setting) => [setting.id, setting]))
  const chosen: Setting[] = []
  for (const [idCell, live, isBefore, isAfter] of await ask(context, lookQuery(settings))) {
    const setting = byId.get(integerIn(idCell) ?? -1n)
    if (setting === undefined || live === undefined || isBefore === undefined || isAfter === undefined) continue
    byId.delete(setting.id)
    const standing = standingOf(setting, live, isBefore, isAfter)
    if (standing === 'before') counts.properties.alreadyCount += 1
    else if (standing === 'after' || isForced) chosen.push(setting)
    else {
      counts.properties.conflictingCount += 1
      const { kind, id, change } = setting
      noteConflict(
        context,
        `Property ${change.name} of ${kind} ${id} was changed since, to ${cellText(live).slice(0, 200)}.`,
      )
    }
  }
  counts.properties.goneCount += byId.size
  return chosen
}
