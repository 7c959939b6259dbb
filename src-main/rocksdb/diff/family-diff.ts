import { KeyBuffer } from '../sst/key-buffer.ts'
import type { RowCursor } from '../view/row-cursor.ts'
import type { RowWalk } from '../view/view.ts'
import type { KeyOrder } from './key-order.ts'
import type { KeySpan } from './key-spans.ts'
import { holdSame } from './row-equality.ts'
import type { TouchedKeys } from './touched-keys.ts'

/** A row that a few steps reach is walked to; one further on is sought. */
const STEPS_BEFORE_SEEK = 8
const noBytes = new Uint8Array(0)

export type DiffKind = 'added' | 'removed' | 'changed'

export type FamilyDiffOptions = {
  /** null when the family is on the other side only */
  readonly left: RowWalk | null
  readonly right: RowWalk | null
  readonly order: KeyOrder
  /** null: everything may differ */
  readonly touched: TouchedKeys | null
  /** keys up to and including this one are passed over */
  readonly after: Uint8Array | null
  /** asked at every key that is the same on both sides: false pauses the walk there */
  readonly mayGoOn?: ((comparedCount: number) => boolean) | undefined
}

/**
 * Walks the keys whose rows differ between two states, in key order: a merge of two sorted streams that jumps over what
 * both have in common. After a move it stands on a difference, or on nothing.
 */
export class FamilyDiff {
  valid = false
  /** it stands on nothing, and there may be more behind `key` */
  isPaused = false
  kind: DiffKind = 'changed'
  /** keys compared so far */
  comparedCount = 0
  /** where it stands: a view that the next move overwrites */
  key: Uint8Array = noBytes
  readonly #keyBuffer = new KeyBuffer()
  readonly #options: FamilyDiffOptions
  readonly #cursors: readonly RowCursor[]
  #hasKey = false
  #span = 0

  constructor(options: FamilyDiffOptions) {
    this.#options = options
    this.#cursors = [options.left, options.right].flatMap((walk) => (walk === null ? [] : [walk.cursor]))
    const { after, touched, order } = options
    if (after === null) {
      touched?.entries.rewind()
    } else {
      this.#standOn(after)
      touched?.entries.seek(order.seekKey(after))
    }
    this.next()
  }

  /** To the next difference. */
  next(): void {
    this.valid = false
    this.isPaused = false
    for (let key = this.#nextKey(); key !== null; key = this.#nextKey()) {
      this.#standOn(key)
      this.comparedCount += 1
      const kind = this.#compare()
      if (kind !== null) {
        this.kind = kind
        this.valid = true
        return
      }
      this.isPaused = this.#options.mayGoOn?.(this.comparedCount) === false
      if (this.isPaused) return
    }
  }

  #standOn(key: Uint8Array): void {
    this.#keyBuffer.replaceTail(0, key, 0, key.length)
    const { bytes } = this.#keyBuffer
    if (this.key.length !== key.length || this.key.buffer !== bytes.buffer) this.key = bytes.subarray(0, key.length)
    this.#hasKey = true
  }

  #compare(): DiffKind | null {
    const { left, right } = this.#options
    const hasLeft = left !== null && this.#isAt(left.cursor)
    const hasRight = right !== null && this.#isAt(right.cursor)
    if (!hasLeft) return hasRight ? 'added' : null
    if (!hasRight) return 'removed'
    return holdSame(left, right) ? null : 'changed'
  }

  /** Brings the cursor to the key; false when it has no row there. */
  #isAt(cursor: RowCursor): boolean {
    this.#bringTo(cursor, this.key)
    return cursor.valid && this.#options.order.compare(cursor.key, this.key) === 0
  }

  #bringTo(cursor: RowCursor, key: Uint8Array): void {
    const { order } = this.#options
    for (let steps = 0; steps < STEPS_BEFORE_SEEK; steps += 1) {
      if (!cursor.valid || order.compare(cursor.key, key) >= 0) return
      cursor.next()
    }
    cursor.seek(order.seekKey(key))
  }

  /** The next key that may differ: a view. */
  #nextKey(): Uint8Array | null {
    const { touched } = this.#options
    if (touched === null) return this.#nextRow(null)
    for (;;) {
      const entry = this.#nextEntry(touched)
      const span = this.#nextSpan(touched)
      if (span === null || (entry !== null && this.#options.order.compare(entry, span.begin) < 0)) return entry
      const row = this.#nextRow(span)
      if (row !== null) return row
      this.#span += 1
      if (entry !== null && this.#options.order.compare(entry, span.end) < 0) touched.entries.seek(span.end)
    }
  }

  /** The next key that a table or log of one side alone speaks of. */
  #nextEntry({ entries, sharedUpToSequence }: TouchedKeys): Uint8Array | null {
    while (entries.valid) {
      const { userKey, sequence } = entries.top
      if (sequence > sharedUpToSequence && this.#isBehind(userKey)) return userKey
      entries.advance()
    }
    return null
  }

  #nextSpan({ spans }: TouchedKeys): KeySpan | null {
    while (this.#span < spans.length) {
      const span = spans[this.#span] as KeySpan
      if (!this.#hasKey || this.#options.order.compare(this.key, span.end) < 0) return span
      this.#span += 1
    }
    return null
  }

  /** The next row of either side inside the span, null for none. */
  #nextRow(span: KeySpan | null): Uint8Array | null {
    const { order } = this.#options
    let smallest: Uint8Array | null = null
    for (const cursor of this.#cursors) {
      if (span !== null) this.#bringTo(cursor, span.begin)
      if (this.#hasKey) this.#bringTo(cursor, this.key)
      if (cursor.valid && !this.#isBehind(cursor.key)) cursor.next()
      if (cursor.valid && (smallest === null || order.compare(cursor.key, smallest) < 0)) smallest = cursor.key
    }
    return smallest !== null && (span === null || order.compare(smallest, span.end) < 0) ? smallest : null
  }

  #isBehind(key: Uint8Array): boolean {
    return !this.#hasKey || this.#options.order.compare(this.key, key) < 0
  }
}
