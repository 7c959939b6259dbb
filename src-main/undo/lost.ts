import type { RowContent } from '../rocksdb/view/row.ts'
import type { StoredEdge, StoredNode } from '../samyama/rows.ts'

/** A row that existed before and is gone or changed after. `after` null: it is gone. */
type Lost<Row> = { readonly before: Row; readonly after: Row | null }

export type LostNode = Lost<StoredNode> & { readonly kind: 'node'; readonly tenant: string }
export type LostEdge = Lost<StoredEdge> & { readonly kind: 'edge'; readonly tenant: string }
/** A row that is no node and no edge that can be read: it can be kept, and not replayed. */
export type LostOther = Lost<RowContent> & {
  readonly kind: 'other'
  readonly columnFamilyName: string
  readonly key: Uint8Array
}

export type LostRow = LostNode | LostEdge | LostOther

/** Which of what was lost is meant; what stands empty or null leaves everything in. */
export type LostFilter = {
  /** nodes with one of these, and the edges at such nodes unless edge types are named */
  readonly labels: readonly string[]
  readonly edgeTypes: readonly string[]
  /** of keys as the database has them */
  readonly keyPrefix: Uint8Array | null
  /** rows that were changed last by a commit with a sequence in this range, both ends in it */
  readonly commits: { readonly fromSequence: number; readonly toSequence: number } | null
  /** the graph */
  readonly tenant: string | null
}

export const everythingLost: LostFilter = { labels: [], edgeTypes: [], keyPrefix: null, commits: null, tenant: null }

export type LostTally = { removedCount: number; changedCount: number }

export type LostCounts = {
  readonly nodes: LostTally
  readonly edges: LostTally
  readonly others: LostTally
  /** rows that are only there after: an undo leaves them alone */
  readonly addedCount: number
  /** most lost first, the first thousand; a node counts for each of its labels */
  readonly labels: readonly (LostTally & { readonly name: string })[]
  readonly edgeTypes: readonly (LostTally & { readonly name: string })[]
  /** places that could not be read: what was lost near them may be missing */
  readonly damageCount: number
}
