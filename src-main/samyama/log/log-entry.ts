import type { PropertyEntry } from '../property-value.ts'

/**
 * One change as the logical log records it. Follows docs/formats/samyama.md §2.2.
 * `properties` holds a bincode PropertyMap, whose meaning depends on the generation that wrote it.
 */
export type LogEntry =
  | {
      readonly type: 'createNode'
      readonly tenant: string
      readonly nodeId: bigint
      readonly labels: readonly string[]
      readonly properties: Uint8Array
    }
  | {
      readonly type: 'createEdge'
      readonly tenant: string
      readonly edgeId: bigint
      readonly source: bigint
      readonly target: bigint
      readonly edgeType: string
      readonly properties: Uint8Array
    }
  | { readonly type: 'deleteNode'; readonly tenant: string; readonly nodeId: bigint }
  | { readonly type: 'deleteEdge'; readonly tenant: string; readonly edgeId: bigint }
  | {
      readonly type: 'updateNodeProperties'
      readonly tenant: string
      readonly nodeId: bigint
      readonly properties: Uint8Array
      /** null in logs of releases before 1.0.0, which did not record it */
      readonly version: bigint | null
    }
  | {
      readonly type: 'updateEdgeProperties'
      readonly tenant: string
      readonly edgeId: bigint
      readonly properties: Uint8Array
      /** null in logs of releases before 1.0.0, which did not record it */
      readonly version: bigint | null
    }
  | { readonly type: 'checkpoint'; readonly sequence: bigint; readonly timestampSeconds: bigint }

export type LogEntryType = LogEntry['type']

/** The position is the entry's variant index. */
export const logEntryTypes: readonly LogEntryType[] = [
  'createNode',
  'createEdge',
  'deleteNode',
  'deleteEdge',
  'updateNodeProperties',
  'updateEdgeProperties',
  'checkpoint',
]

/** xor: every release before 1.11. crc32: since 1.11. Both may follow each other in one file. */
export type RecordForm = 'xor' | 'crc32'

/** A record at its place. The sequence is no identity: it restarts between runs (docs/formats/samyama.md §2.8). */
export type LogicalRecord = {
  /** where the record's length word starts */
  readonly offsetBytes: number
  /** with the length word */
  readonly sizeBytes: number
  readonly form: RecordForm
  readonly sequence: bigint
  readonly entry: LogEntry
  /** null when the entry has none, or when its bytes are no map in the layout asked for */
  readonly properties: readonly PropertyEntry[] | null
}
