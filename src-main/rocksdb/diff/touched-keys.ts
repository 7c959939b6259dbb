import type { MergingIterator } from '../view/merging-iterator.ts'
import type { KeySpan } from './key-spans.ts'

/**
 * Where two states may differ: the keys of tables and logs that are not in both, and the keys their range deletions
 * cover.
 */
export type TouchedKeys = {
  readonly entries: MergingIterator
  /** in order */
  readonly spans: readonly KeySpan[]
  /** both states hold everything up to here: such an entry touches nothing */
  readonly sharedUpToSequence: number
}
