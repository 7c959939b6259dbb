import { isWritableName, nameText } from '../cypher-text.ts'
import { labelChanges } from '../row-changes.ts'
import { Batch } from './batches.ts'
import { integerIn } from './live-graph.ts'
import { ask, type ReplayContext } from './replay-context.ts'

const ROWS_MAX = 500
const QUERY_BYTES = 120
const GROUPS_MAX = 64

type Group = { readonly label: string; readonly isLost: boolean; readonly batch: Batch<bigint> }

/** Gives nodes back the labels that they lost, and takes away those that came. */
export async function setLabels(context: ReplayContext): Promise<void> {
  const groups = new Map<string, Group>()
  for (const row of context.lost.rows('nodes')) {
    if (row.kind !== 'node' || row.after === null) continue
    const { lost, added } = labelChanges(row.before.labels, row.after.labels)
    const id = context.journal.made.nodes.get(row.before.id) ?? row.before.id
    for (const label of lost.filter(isWritableName)) await add(context, groups, label, true, id)
    for (const label of added.filter(isWritableName)) await add(context, groups, label, false, id)
  }
  await flush(context, groups)
}

async function add(
  context: ReplayContext,
  groups: Map<string, Group>,
  label: string,
  isLost: boolean,
  id: bigint,
): Promise<void> {
  const key = `${isLost}${label}`
  let group = groups.get(key)
  if (group === undefined) {
    if (groups.size === GROUPS_MAX) await flush(context, groups)
    const roomBytes = context.live.queryBytesMax - QUERY_BYTES - 2 * Buffer.byteLength(nameText(label))
    group = { label, isLost, batch: new Batch(roomBytes, ROWS_MAX) }
    groups.set(key, group)
  }
  const sizeBytes = String(id).length + 2
  if (!group.batch.hasRoomFor(sizeBytes)) await setBatch(context, group)
  group.batch.add(id, sizeBytes)
}

async function flush(context: ReplayContext, groups: Map<string, Group>): Promise<void> {
  for (const group of groups.values()) if (!group.batch.isEmpty) await setBatch(context, group)
  groups.clear()
}

async function setBatch(context: ReplayContext, { label, isLost, batch }: Group): Promise<void> {
  const { counts, isWriting } = context
  const ids = batch.take()
  const found = `UNWIND [${ids.join(', ')}] AS i MATCH (n) WHERE id(n) = i`
  const wrong: bigint[] = []
  const answer = await ask(context, `${found} RETURN i, labels(n)`)
  for (const [idCell, labels] of answer) {
    const id = integerIn(idCell)
    const hasLabel = labels?.kind === 'list' && labels.items.some((item) => item.kind === 'text' && item.text === label)
    if (id !== null && hasLabel !== isLost) wrong.push(id)
  }
  counts.labels.goneCount += ids.length - answer.length
  counts.labels.alreadyCount += answer.length - wrong.length
  counts.labels.setCount += wrong.length
  if (!isWriting || wrong.length === 0) return
  const change = `${isLost ? 'SET' : 'REMOVE'} n:${nameText(label)}`
  await ask(context, `UNWIND [${wrong.join(', ')}] AS i MATCH (n) WHERE id(n) = i ${change}`)
}
