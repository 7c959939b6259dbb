import type { PlainContent, Row } from './row.ts'
import type { ViewDamage } from './scan-report.ts'

/** User keys from `from` up to but not including `to`; null where there is no bound. */
export type KeyRange = { readonly from: Uint8Array | null; readonly to?: Uint8Array | null | undefined }

export type ScanRequest = KeyRange & {
  readonly columnFamilyId: number
  /** from the last key to the first */
  readonly isReverse?: boolean | undefined
  /** rows start behind this user key, in the direction of the scan; null starts at the range's end */
  readonly after: Uint8Array | null
  /** a page ends earlier at limits.pageBytesMax, with the row that reached it, and after much work for few rows */
  readonly limit: number
  /** bytes shown of one row's value */
  readonly maxValueBytes: number
}

export type ScanPage = {
  readonly rows: readonly Row[]
  /** pass it as `after` for the next page; null at the end */
  readonly next: Uint8Array | null
  /** what could not be read for this page: rows near it may be missing or old */
  readonly damages: readonly ViewDamage[]
}

export type KeyRequest = {
  readonly columnFamilyId: number
  readonly key: Uint8Array
  /** bytes shown of one version's value */
  readonly maxValueBytes: number
}

/** One version of a key that is still there, with what it holds. */
export type KeyVersion = {
  readonly sequence: number
  /** `range-deletion` deletes every older version as part of a range */
  readonly kind: 'put' | 'merge' | 'deletion' | 'single-deletion' | 'range-deletion'
  /** null for deletions; of a merge its operand */
  readonly content: PlainContent | null
  /** the file it is in */
  readonly file: string
}

export type KeyHistory = {
  /** newest first, at most as many as asked for */
  readonly versions: readonly KeyVersion[]
  /** there are more */
  readonly isCut: boolean
  readonly damages: readonly ViewDamage[]
}
