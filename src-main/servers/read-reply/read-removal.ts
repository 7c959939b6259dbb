import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { wordFromReply } from './field-values.ts'
import { type Confidence, type Finding, finding, type Reading, readingOf } from './reading.ts'
import { fieldMeaning, fieldOf, readRecord } from './records.ts'
import { renderReply } from './render-reply.ts'

/** A backup that went or would go, with the rule that says so. */
export type Removal = { readonly id: string; readonly rule: string | null }

/** A reply to PRUNE: ids with their rules, as maps, pairs, a flat array id, rule, …, or ids alone. */
export function readPrune(reply: Reply): Reading<readonly Removal[]> {
  return readingOf(removals(reply), renderReply(reply))
}

/** A reply to DELETE: OK, or the ids that went. Success of a DELETE is what LIST says afterwards. */
export function readDelete(reply: Reply): Reading<readonly Removal[]> {
  const text = textOf(reply)
  if (text !== null && /^(ok|deleted|done)\W*$/i.test(text)) return readingOf(finding('success', [], 'certain'), text)
  return readingOf(removals(reply), renderReply(reply))
}

function removals(reply: Reply): Finding<readonly Removal[]> | null {
  const items = itemsOf(reply)
  if (items === null) return null
  if (items.length === 0) return finding('empty array', [], 'certain')
  return (
    eachItem('array of ids with rules', items, removalOfItem, 'likely') ??
    idsAndRules(items) ??
    eachItem('array of ids', items, bareRemoval, 'guess')
  )
}

function eachItem(
  shape: string,
  items: readonly Reply[],
  read: (item: Reply) => Removal | null,
  confidence: Confidence,
): Finding<readonly Removal[]> | null {
  const removed: Removal[] = []
  for (const item of items) {
    const removal = read(item)
    if (removal === null) return null
    removed.push(removal)
  }
  return finding(shape, removed, confidence)
}

function removalOfItem(item: Reply): Removal | null {
  const record = readRecord(item)
  if (record !== null) {
    const id = idFromReply(fieldMeaning(record, 'id')?.value ?? { type: 'null' })
    return id === null
      ? null
      : { id, rule: wordFromReply((fieldOf(record, 'rule') ?? fieldOf(record, 'reason'))?.value) }
  }
  const cells = itemsOf(item)
  const id = cells?.length === 2 && cells[0] !== undefined ? idFromReply(cells[0]) : null
  return id === null ? null : { id, rule: wordFromReply(cells?.[1]) }
}

/** id, rule, id, rule: every id an integer, no rule one. */
function idsAndRules(items: readonly Reply[]): Finding<readonly Removal[]> | null {
  const removed: Removal[] = []
  for (let index = 0; index < items.length; index += 2) {
    const [first, rule] = items.slice(index, index + 2)
    const id = first?.type === 'integer' ? idFromReply(first) : null
    if (id === null || rule === undefined || textOf(rule) === null) return null
    removed.push({ id, rule: wordFromReply(rule) })
  }
  return finding('flat array of ids and rules', removed, 'likely')
}

function bareRemoval(item: Reply): Removal | null {
  const id = idFromReply(item)
  return id === null ? null : { id, rule: null }
}
