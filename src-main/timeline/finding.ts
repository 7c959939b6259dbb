/** The beginning of a key, as text where it is text, else as hex behind 0x. */
export type KeyPreview = { readonly text: string; readonly isCut: boolean }

export type FindingKind = 'mass-delete' | 'range-delete' | 'label-wide-change' | 'unusual-rate'

/** What every finding says. Counts are of all commits from the first to the last. */
export type FindingTotals = {
  readonly firstSequence: number
  readonly lastSequence: number
  /** last sequence of the commit before it: the point to restore to; null when it is the first commit seen */
  readonly sequenceBefore: number | null
  /** Unix microseconds of the first and of the last commit; null where not known */
  readonly committedAtUs: number | null
  readonly lastCommittedAtUs: number | null
  readonly commitCount: number
  readonly puts: number
  readonly deletes: number
  readonly rangeDeletes: number
  readonly merges: number
  /** of keys and values */
  readonly bytes: number
  /** those first met, at most 16 */
  readonly families: readonly FindingFamily[]
}

export type FindingFamily = { readonly columnFamilyId: number; readonly name: string | null }

export type FindingFacts =
  | {
      readonly kind: 'mass-delete'
      /** deletes of a usual commit before it */
      readonly usualDeletes: number
    }
  | {
      readonly kind: 'range-delete'
      readonly family: FindingFamily
      readonly begin: KeyPreview
      /** exclusive */
      readonly end: KeyPreview
      /** several DeleteRange that continue each other are one */
      readonly rangeCount: number
      readonly covers: RangeCoverage
    }
  | {
      readonly kind: 'label-wide-change'
      readonly label: string
      readonly change: 'written' | 'deleted'
      readonly nodeCount: number
    }
  | {
      readonly kind: 'unusual-rate'
      readonly measure: 'operations' | 'bytes'
      /** of the busiest bucket */
      readonly peak: number
      /** median of the buckets before the first hot one */
      readonly usual: number
      readonly bucketUs: number
    }

/** What a range of keys takes away as a whole. */
export type RangeCoverage =
  | { readonly what: 'part' }
  | { readonly what: 'tenant'; readonly tenant: string }
  | { readonly what: 'family' }

/** Something in the history that may be why somebody needs a restore. */
export type Finding = FindingTotals &
  FindingFacts & {
    /** for sorting: about 10 for a busy minute, 100 for a family that is gone; grows with the size without end */
    readonly severity: number
  }
