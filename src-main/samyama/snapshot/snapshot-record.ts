import type { Damage } from '#base/damage.ts'
import type { StoredEdge, StoredNode } from '../rows.ts'

/** Content that an export could not carry. Follows docs/formats/samyama.md §3.1. */
export type DroppedContent = {
  /** a stable name: "edge_creation_timestamps" */
  readonly what: string
  readonly count: number
  /** what it means for the restored graph, in a sentence */
  readonly detail: string
}

/** Line 1 of a snapshot. Follows docs/formats/samyama.md §3.1. */
export type SnapshotHeader = {
  readonly version: 1 | 2
  readonly tenant: string
  readonly nodeCount: number
  readonly edgeCount: number
  readonly labels: readonly string[]
  readonly edgeTypes: readonly string[]
  /** RFC 3339 */
  readonly createdAt: string
  readonly samyamaVersion: string
  readonly dropped: readonly DroppedContent[]
  /** the query catalogue published beside the snapshot; sha256 in lower-case hex */
  readonly queries: { readonly file: string; readonly sha256: string } | null
}

/** A record that is neither node nor edge (index catalogue, hierarchy, kinds of later releases): its JSON as it is. */
export type OtherRecord = { readonly type: 'other'; readonly kind: string; readonly text: string }

/** Times that a snapshot does not carry are 0. The order of properties means nothing. */
export type SnapshotRecord = StoredNode | StoredEdge | OtherRecord

/** What was read when nothing more comes. */
export type SnapshotEnd = {
  readonly type: 'end'
  readonly nodeCount: number
  readonly edgeCount: number
  readonly otherCount: number
  /** lines that were met, the header and empty ones included */
  readonly lineCount: number
  /** 0 means that the snapshot is whole, as far as its own counts and checksums tell */
  readonly damageCount: number
}

/** What a snapshot is read as: the header, records and damages in file order, one end. */
export type SnapshotItem =
  | { readonly type: 'header'; readonly header: SnapshotHeader }
  | SnapshotRecord
  | { readonly type: 'damage'; readonly damage: Damage }
  | SnapshotEnd
