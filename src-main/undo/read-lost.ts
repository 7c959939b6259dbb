import { limits } from '#base/limits.ts'
import { isMarkerKey } from '../rocksdb/commits/commit-marker.ts'
import { diffViews } from '../rocksdb/diff/diff-views.ts'
import type { RowContent } from '../rocksdb/view/row.ts'
import type { View } from '../rocksdb/view/view.ts'
import { encodeRowKey, parseRowKey, type RowKey } from '../samyama/keys.ts'
import type { StoredNode } from '../samyama/rows.ts'
import type { LostCounts, LostFilter, LostRow } from './lost.ts'
import { LostSelection } from './lost-selection.ts'
import { count, NameTally } from './lost-tally.ts'
import { labelChanges, propertyChanges } from './row-changes.ts'
import { RowDecoder } from './row-decoder.ts'
import { sampleRows } from './sample-rows.ts'

export type ReadLostOptions = {
  readonly nowMs: number
  /** the two are seen from one backup */
  readonly hasOneBase: boolean
  /** called for every key that is looked at: may throw to stop */
  readonly checkpoint: () => void
}

/** What became of a node that a lost edge begins or ends at. */
export type EndState = 'kept' | 'restored' | 'absent'

/**
 * What existed in one state and is gone or changed in a later one. Nothing is read before it is asked for, and rows are held
 * one at a time.
 */
export function readLost(before: View, after: View, filter: LostFilter, options: ReadLostOptions): LostReader {
  return new LostReader(before, after, filter, options)
}

export class LostReader {
  readonly #before: View
  readonly #after: View
  readonly #options: ReadLostOptions
  readonly #decoder: RowDecoder
  readonly #selection: LostSelection
  #addedCount = 0
  #damageCount = 0

  constructor(before: View, after: View, filter: LostFilter, options: ReadLostOptions) {
    this.#before = before
    this.#after = after
    this.#options = options
    this.#decoder = new RowDecoder(sampleRows(before), options.nowMs)
    this.#selection = new LostSelection(after, filter, (tenant, id) => this.#nodeIn(before, tenant, id)?.labels ?? [])
  }

  /** Numbers of all that was lost: one walk over what differs. */
  counts(): LostCounts {
    const tally = () => ({ removedCount: 0, changedCount: 0 })
    const [nodes, edges, others, labels, edgeTypes] = [tally(), tally(), tally(), new NameTally(), new NameTally()]
    for (const row of this.rows('all')) {
      const isRemoved = row.after === null
      count(row.kind === 'node' ? nodes : row.kind === 'edge' ? edges : others, isRemoved)
      if (row.kind === 'node') for (const label of row.before.labels) labels.add(label, isRemoved)
      if (row.kind === 'edge') edgeTypes.add(row.before.edgeType, isRemoved)
    }
    const names = { labels: labels.list(), edgeTypes: edgeTypes.list() }
    return { nodes, edges, others, addedCount: this.#addedCount, ...names, damageCount: this.#damageCount }
  }

  /** What was lost in key order: nodes, then edges, then the rest; or of nodes or edges alone. */
  *rows(which: 'all' | 'nodes' | 'edges'): Generator<LostRow> {
    this.#addedCount = 0
    this.#damageCount = 0
    if (which !== 'edges') yield* this.#familyRows('nodes')
    if (which !== 'nodes') yield* this.#familyRows('edges')
    if (which !== 'all' || !this.#selection.takesOthers) return
    const names = [...this.#before.columnFamilies, ...this.#after.columnFamilies].map(({ name }) => name)
    for (const name of new Set(names)) if (name !== 'nodes' && name !== 'edges') yield* this.#familyRows(name)
  }

  /** Whether the node is still there after, is among what was lost and selected, or neither. */
  endState(tenant: string, id: bigint): EndState {
    if (this.#nodeIn(this.#after, tenant, id) !== null) return 'kept'
    const node = this.#nodeIn(this.#before, tenant, id)
    if (node === null) return 'absent'
    const key = encodeRowKey({ tenant, type: 'node', id })
    return this.#selection.takes({ kind: 'node', tenant, before: node, after: null }, key) ? 'restored' : 'absent'
  }

  *#familyRows(columnFamilyName: string): Generator<LostRow> {
    const isThere = [this.#before, this.#after].some((view) => idOf(view, columnFamilyName) !== null)
    if (!isThere) return
    const open = diffViews(this.#before, this.#after, {
      columnFamilyName,
      after: null,
      sharedUpToSequence: this.#sharedUpToSequence(),
      checkpoint: this.#options.checkpoint,
      mayGoOn: () => {
        this.#options.checkpoint()
        return true
      },
    })
    try {
      for (const { diff } = open; diff.valid; diff.next()) {
        this.#options.checkpoint()
        if (diff.kind === 'added') {
          this.#addedCount += 1
          continue
        }
        const key = new Uint8Array(diff.key)
        const row = this.#rowAt(columnFamilyName, key, diff.kind === 'changed')
        if (row !== null && isLoss(row) && this.#selection.takes(row, key)) yield row
      }
    } finally {
      this.#damageCount += open.damages.length
      open.close()
    }
  }

  #rowAt(columnFamilyName: string, key: Uint8Array, isChanged: boolean): LostRow | null {
    const before = this.#contentIn(this.#before, columnFamilyName, key)
    const after = isChanged ? this.#contentIn(this.#after, columnFamilyName, key) : null
    if (before === null) return null
    const row = this.#graphRow(columnFamilyName, key, before, after)
    if (row !== null) return row
    // every commit writes its marker
    return isMarkerKey(key, 0, key.length) ? null : { kind: 'other', columnFamilyName, key, before, after }
  }

  #graphRow(name: string, key: Uint8Array, before: RowContent, after: RowContent | null): LostRow | null {
    const rowKey = parseRowKey(key)
    if (rowKey === null || name !== (rowKey.type === 'node' ? 'nodes' : 'edges')) return null
    const [earlier, later] = [this.#decoded(rowKey, key, before), after && this.#decoded(rowKey, key, after)]
    if (earlier === null || (after !== null && later === null)) return null
    const { tenant } = rowKey
    if (earlier.type === 'node')
      return later?.type === 'edge' ? null : { kind: 'node', tenant, before: earlier, after: later }
    return later?.type === 'node' ? null : { kind: 'edge', tenant, before: earlier, after: later }
  }

  #decoded(rowKey: RowKey, key: Uint8Array, content: RowContent) {
    return content.kind === 'value' && content.value.bytes.length === content.value.sizeBytes
      ? this.#decoder.decode(rowKey, key, content.value.bytes)
      : null
  }

  #nodeIn(view: View, tenant: string, id: bigint): StoredNode | null {
    const rowKey = { tenant, type: 'node' as const, id }
    const key = encodeRowKey(rowKey)
    const content = this.#contentIn(view, 'nodes', key)
    const row = content === null ? null : this.#decoded(rowKey, key, content)
    return row?.type === 'node' ? row : null
  }

  #contentIn(view: View, columnFamilyName: string, key: Uint8Array): RowContent | null {
    const columnFamilyId = idOf(view, columnFamilyName)
    if (columnFamilyId === null) return null
    const { row, damages } = view.get({ columnFamilyId, key, maxValueBytes: limits.blobValueBytesMax })
    this.#damageCount += damages.length
    return row?.content ?? null
  }

  /** A transaction that commits later may have written under earlier sequences. */
  #sharedUpToSequence(): number | undefined {
    if (!this.#options.hasOneBase || this.#before.wal.hasTransactions || this.#after.wal.hasTransactions)
      return undefined
    return Math.min(this.#before.lastSequence, this.#after.lastSequence)
  }
}

/** A row that was written again with the same content lost nothing but its time. */
function isLoss(row: LostRow): boolean {
  if (row.kind === 'other' || row.after === null) return true
  if (propertyChanges(row.before.properties, row.after.properties).length > 0) return true
  if (row.kind === 'node') {
    const { lost, added } = labelChanges(row.before.labels, row.after.labels)
    return lost.length + added.length > 0
  }
  const { source, target, edgeType } = row.after
  return source !== row.before.source || target !== row.before.target || edgeType !== row.before.edgeType
}

function idOf(view: View, columnFamilyName: string): number | null {
  return view.columnFamilies.find(({ name }) => name === columnFamilyName)?.id ?? null
}
