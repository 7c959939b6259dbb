import type { BlobReference } from '../blob-index.ts'

/** The start of a value and its full size. The previews of one row are together at most as long as the scan allows. */
export type Preview = { readonly bytes: Uint8Array; readonly sizeBytes: number }

/** What the newest visible version of a key holds. */
export type RowContent =
  | { readonly kind: 'value'; readonly value: Preview }
  | {
      readonly kind: 'merge'
      /** newest first, the newest few; the merge operator of the application would combine them with the base */
      readonly operands: readonly Preview[]
      readonly operandCount: number
      readonly base: PlainContent | null
    }
  /** the value lies in a blob file that cannot be read: the damage stands in the scan's result */
  | { readonly kind: 'blob-reference'; readonly reference: Exclude<BlobReference, { kind: 'inlined' }> }
  | {
      readonly kind: 'entity'
      readonly columns: readonly { readonly name: Uint8Array; readonly isBlobIndex: boolean; readonly value: Preview }[]
      readonly columnCount: number
    }
  /** an entity or blob index that cannot be decoded: the damage stands in the scan's result */
  | { readonly kind: 'unreadable'; readonly value: Preview }

/** What a single version of a key can hold. */
export type PlainContent = Exclude<RowContent, { kind: 'merge' }>

export type Row = { readonly key: Uint8Array; readonly sequence: number; readonly content: RowContent }
