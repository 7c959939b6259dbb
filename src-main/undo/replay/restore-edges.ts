import { isWritableName, nameText, propertiesText } from '../cypher-text.ts'
import type { LostEdge } from '../lost.ts'
import { Batch } from './batches.ts'
import type { IdPair } from './journal.ts'
import { integerIn } from './live-graph.ts'
import { ask, type ReplayContext } from './replay-context.ts'

const ROWS_MAX = 500
const QUERY_BYTES = 160

type Candidate = {
  readonly id: bigint
  readonly edgeType: string
  readonly source: bigint
  readonly target: bigint
  /** no end has a new id: the edge itself may be there */
  readonly mayLive: boolean
  readonly row: string
  readonly unwritableCount: number
}

/** Makes removed edges again, between the nodes that their ends are now. */
export async function restoreEdges(context: ReplayContext): Promise<void> {
  const { lost, journal, counts, live } = context
  const batch = new Batch<Candidate>(live.queryBytesMax - QUERY_BYTES, ROWS_MAX)
  for (const row of lost.rows('edges')) {
    if (row.kind !== 'edge' || !isGone(row)) continue
    if (journal.made.edges.has(row.before.id) && !isRemade(context, row)) {
      counts.edges.alreadyCount += 1
      continue
    }
    const candidate = candidateOf(context, row)
    if (candidate === null) {
      counts.edges.endlessCount += 1
      continue
    }
    const sizeBytes = Buffer.byteLength(candidate.row) + Buffer.byteLength(nameText(candidate.edgeType)) + 2
    if (batch.isTooLong(sizeBytes) || !isWritableName(candidate.edgeType)) {
      counts.edges.tooLongCount += 1
      continue
    }
    if (!batch.hasRoomFor(sizeBytes)) await restoreBatch(context, batch.take())
    batch.add(candidate, sizeBytes)
  }
  if (!batch.isEmpty) await restoreBatch(context, batch.take())
}

/** Removed, or its id was given to another edge. */
export function isGone({ before, after }: LostEdge): boolean {
  if (after === null) return true
  return after.source !== before.source || after.target !== before.target || after.edgeType !== before.edgeType
}

/** An edge goes with its node. */
function isRemade({ remade }: ReplayContext, { before }: LostEdge): boolean {
  return remade.has(before.source) || remade.has(before.target)
}

/** Null when a node at one of its ends is neither there nor brought back. */
function candidateOf(context: ReplayContext, { tenant, before }: LostEdge): Candidate | null {
  const [source, target] = [endOf(context, tenant, before.source), endOf(context, tenant, before.target)]
  if (source === null || target === null) return null
  const { id, edgeType } = before
  const map = propertiesText(before.properties, [context.marker.entry(id)])
  return {
    id,
    edgeType,
    source,
    target,
    mayLive: source === before.source && target === before.target,
    row: `{k: ${id}, s: ${source}, t: ${target}, p: ${map.text}}`,
    unwritableCount: map.unwritable.length,
  }
}

/** A preview has no new ids: the old one stands for the node that would be made. */
function endOf({ journal, lost, isWriting }: ReplayContext, tenant: string, id: bigint): bigint | null {
  const made = journal.made.nodes.get(id)
  if (made !== null) return made
  const state = lost.endState(tenant, id)
  return state === 'kept' || (state === 'restored' && !isWriting) ? id : null
}

async function restoreBatch(context: ReplayContext, batch: readonly Candidate[]): Promise<void> {
  const { counts, journal, isWriting, onProgress } = context
  const living = await livingOf(context, batch)
  const missing = batch.filter(({ id }) => !living.has(id))
  counts.edges.alreadyCount += living.size
  journal.done(
    'edges',
    Array.from(living, (id): IdPair => [id, id]),
  )
  if (isWriting && missing.length > 0) await create(context, missing)
  else counts.edges.createdCount += missing.length
  for (const { unwritableCount } of missing) counts.leftOutCount += unwritableCount
  onProgress({ phase: 'edges', doneCount: counts.edges.createdCount + counts.edges.alreadyCount })
}

async function create(context: ReplayContext, edges: readonly Candidate[]): Promise<void> {
  const { counts, journal } = context
  journal.begin('edges', { first: edges[0]?.id ?? 0n, last: edges.at(-1)?.id ?? 0n })
  const made: IdPair[] = []
  for (const [edgeType, ofType] of byType(edges)) {
    const rows = ofType.map(({ row }) => row).join(', ')
    const ends = 'MATCH (a), (b) WHERE id(a) = row.s AND id(b) = row.t'
    const answer = await ask(
      context,
      `UNWIND [${rows}] AS row ${ends} CREATE (a)-[r:${nameText(edgeType)}]->(b) SET r = row.p RETURN row.k, id(r)`,
    )
    for (const [oldCell, newCell] of answer) {
      const [oldId, newId] = [integerIn(oldCell), integerIn(newCell)]
      if (oldId !== null && newId !== null) made.push([oldId, newId])
    }
  }
  counts.edges.createdCount += made.length
  // an end was deleted meanwhile
  counts.edges.endlessCount += edges.length - made.length
  journal.done(
    'edges',
    made.sort(([left], [right]) => (left < right ? -1 : 1)),
  )
  journal.settle('edges')
}

/** Ids of edges that are there with their old id between the same nodes. */
async function livingOf(context: ReplayContext, batch: readonly Candidate[]): Promise<Set<bigint>> {
  const living = new Set<bigint>()
  for (const [edgeType, edges] of byType(batch.filter(({ mayLive }) => mayLive))) {
    const ids = edges.map(({ id }) => id).join(', ')
    const sources = [...new Set(edges.map(({ source }) => source))].join(', ')
    const found = await ask(
      context,
      `UNWIND [${sources}] AS s MATCH (a)-[r:${nameText(edgeType)}]->(b) WHERE id(a) = s AND id(r) IN [${ids}] RETURN id(r), id(a), id(b)`,
    )
    for (const [idCell, sourceCell, targetCell] of found) {
      const edge = edges.find(({ id }) => id === integerIn(idCell))
      const isSame = edge?.source === integerIn(sourceCell) && edge?.target === integerIn(targetCell)
      if (edge !== undefined && isSame) living.add(edge.id)
    }
  }
  return living
}

function byType(edges: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>()
  for (const edge of edges) {
    const group = groups.get(edge.edgeType)
    if (group === undefined) groups.set(edge.edgeType, [edge])
    else group.push(edge)
  }
  return groups
}
