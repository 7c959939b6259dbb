import { idText, isWritableName, nameText, propertiesText } from '../cypher-text.ts'
import type { LostNode } from '../lost.ts'
import { Batch } from './batches.ts'
import type { IdPair } from './journal.ts'
import { integerIn, isTrue } from './live-graph.ts'
import { MARKER_NAME } from './marker.ts'
import { ask, noteConflict, type ReplayContext } from './replay-context.ts'

const ROWS_MAX = 500
const QUERY_BYTES = 40
/** ` RETURN id(n123), ` for each */
const ROW_BYTES = 16

type Candidate = { readonly node: LostNode; readonly pattern: string; readonly unwritableCount: number }

/** Makes removed nodes again, in the order of their ids; the journal learns their new ids. */
export async function restoreNodes(context: ReplayContext): Promise<void> {
  const { lost, counts, live } = context
  const batch = new Batch<Candidate>(live.queryBytesMax - QUERY_BYTES, ROWS_MAX)
  for (const row of lost.rows('nodes')) {
    if (row.kind !== 'node' || row.after !== null) continue
    const candidate = candidateOf(context, row)
    const sizeBytes = Buffer.byteLength(candidate.pattern) + ROW_BYTES
    if (batch.isTooLong(sizeBytes)) {
      counts.nodes.tooLongCount += 1
      continue
    }
    if (!batch.hasRoomFor(sizeBytes)) await restoreBatch(context, batch.take())
    batch.add(candidate, sizeBytes)
  }
  if (!batch.isEmpty) await restoreBatch(context, batch.take())
}

/** The pattern of a node, without its variable. */
function candidateOf({ marker }: ReplayContext, node: LostNode): Candidate {
  const { id, labels, properties } = node.before
  const map = propertiesText(properties, [marker.entry(id)])
  const writable = labels.filter(isWritableName)
  const pattern = `${writable.map((label) => `:${nameText(label)}`).join('')} ${map.text}`
  return { node, pattern, unwritableCount: map.unwritable.length + labels.length - writable.length }
}

async function restoreBatch(context: ReplayContext, batch: readonly Candidate[]): Promise<void> {
  const { counts, journal, isWriting, onProgress } = context
  const missing = await withoutLiving(context, batch)
  counts.nodes.createdCount += missing.length
  for (const { unwritableCount } of missing) counts.leftOutCount += unwritableCount
  if (isWriting && missing.length > 0) journal.done('nodes', await create(context, missing))
  if (isWriting) journal.settle('nodes')
  onProgress({ phase: 'nodes', doneCount: counts.nodes.createdCount + counts.nodes.alreadyCount })
}

async function create(context: ReplayContext, nodes: readonly Candidate[]): Promise<IdPair[]> {
  const ids = nodes.map(({ node }) => node.before.id)
  context.journal.begin('nodes', { first: ids[0] ?? 0n, last: ids.at(-1) ?? 0n })
  const patterns = nodes.map(({ pattern }, index) => `(n${index}${pattern})`)
  const columns = nodes.map((_, index) => `id(n${index})`)
  const [row = []] = await ask(context, `CREATE ${patterns.join(', ')} RETURN ${columns.join(', ')}`)
  return ids.flatMap((oldId, index): IdPair[] => {
    const newId = integerIn(row[index])
    return newId === null ? [] : [[oldId, newId]]
  })
}

/**
 * The nodes that no earlier run brought back, and whose old id no living node has. One with the same labels and properties is the
 * lost one; what else stands there got the id later.
 */
async function withoutLiving(context: ReplayContext, batch: readonly Candidate[]): Promise<Candidate[]> {
  const { counts, journal, isForced } = context
  const idOf = ({ node }: Candidate) => journal.made.nodes.get(node.before.id) ?? node.before.id
  const ids = batch.map((candidate) => idText(idOf(candidate))).join(', ')
  const living = new Set<bigint>()
  for (const [cell] of await ask(context, `UNWIND [${ids}] AS i MATCH (n) WHERE id(n) = i RETURN id(n)`)) {
    const id = integerIn(cell)
    if (id !== null) living.add(id)
  }
  const missing: Candidate[] = []
  const there: IdPair[] = []
  for (const candidate of batch) {
    const { id } = candidate.node.before
    const madeId = journal.made.nodes.get(id)
    const isLiving = living.has(idOf(candidate))
    const standing = isLiving && madeId === null ? await standingOf(context, candidate.node) : null
    if (isLiving && madeId !== null) counts.nodes.alreadyCount += 1
    else if (standing === 'same') there.push([id, id])
    else if (isForced || (madeId === null && standing !== 'other')) missing.push(candidate)
    else {
      counts.nodes.conflictingCount += 1
      const since = `it was brought back as node ${madeId}, and deleted since.`
      const other = 'a node with other labels or properties has this id now.'
      noteConflict(context, `Node ${id}: ${madeId === null ? other : since}`)
    }
    if (isForced && madeId !== null && !isLiving) context.remade.add(id)
  }
  counts.nodes.alreadyCount += there.length
  journal.done('nodes', there)
  return missing
}

/** What the node that has the old id is; one that this undo made got the id by chance. */
async function standingOf(context: ReplayContext, { before }: LostNode): Promise<'same' | 'missing' | 'other'> {
  const { text } = propertiesText(before.properties)
  const marker = `n.${nameText(MARKER_NAME)}`
  const query = `MATCH (n) WHERE id(n) = ${before.id} RETURN labels(n), ${marker}, properties(n) = ${text}`
  // one that is too long to be compared is no lost one for sure
  if (Buffer.byteLength(query) > context.live.queryBytesMax) return 'other'
  const [row] = await ask(context, query)
  const [labels, marked, isEqual] = row ?? []
  if (marked?.kind === 'text' && context.marker.idIn(marked.text) !== null) return 'missing'
  if (!isTrue(isEqual) || labels?.kind !== 'list') return 'other'
  const found = labels.items.flatMap((item) => (item.kind === 'text' ? [item.text] : []))
  return found.sort().join('\0') === [...before.labels].sort().join('\0') ? 'same' : 'other'
}
