import { assert } from '#base/assert.ts'
import type { BlobLocation } from '../blob/blob-file.ts'
import type { Comparator } from '../comparator.ts'
import { type Direction, signOf } from './direction.ts'

/**
 * A cursor of a scan: it knows its direction, and which file its entry comes from. Forward it meets internal keys in
 * their order, in reverse the other way round: keys descending, of one key the oldest version first.
 */
export interface SourceIterator {
  /** true while it stands on an entry */
  readonly valid: boolean
  /** views, which the next move may overwrite */
  readonly userKey: Uint8Array
  readonly sequence: number
  readonly type: number
  readonly value: Uint8Array
  readonly sourceName: string
  /** a value that lies in the entry's own file @throws DamageError, AppError */
  embeddedBlob(location: BlobLocation): Uint8Array
  /** to the first entry in its direction */
  rewind(): void
  /** to the first entry in its direction whose key is `userKey` or lies behind it; never back */
  seek(userKey: Uint8Array): void
  advance(): void
  /** leaves the part of the source that is not in order, and says so where damage is collected */
  giveUp(): void
}

/** One cursor over many: a binary heap of the cursors that stand on an entry. */
export class MergingIterator {
  readonly #children: readonly SourceIterator[]
  readonly #comparator: Comparator
  readonly #sign: 1 | -1
  readonly #heap: SourceIterator[] = []

  constructor(children: readonly SourceIterator[], comparator: Comparator, direction: Direction = 'forward') {
    this.#children = children
    this.#comparator = comparator
    this.#sign = signOf(direction)
  }

  get valid(): boolean {
    return this.#heap.length > 0
  }

  /** The source whose entry is next; read the entry from it. */
  get top(): SourceIterator {
    const top = this.#heap[0]
    assert(top !== undefined, 'the merge stands on an entry')
    return top
  }

  rewind(): void {
    for (const child of this.#children) child.rewind()
    this.#build()
  }

  seek(userKey: Uint8Array): void {
    for (const child of this.#children) child.seek(userKey)
    this.#build()
  }

  advance(): void {
    this.top.advance()
    this.#reorder()
  }

  giveUp(): void {
    this.top.giveUp()
    this.#reorder()
  }

  #reorder(): void {
    const { top } = this
    if (!top.valid) {
      const last = this.#heap.pop()
      if (last === undefined || last === top) return
      this.#heap[0] = last
    }
    this.#sink(0)
  }

  #build(): void {
    this.#heap.length = 0
    for (const child of this.#children) if (child.valid) this.#heap.push(child)
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index -= 1) this.#sink(index)
  }

  #sink(start: number): void {
    const heap = this.#heap
    const moving = heap[start]
    if (moving === undefined) return
    let hole = start
    for (;;) {
      const leftIndex = 2 * hole + 1
      const left = heap[leftIndex]
      if (left === undefined) break
      const right = heap[leftIndex + 1]
      const takesRight = right !== undefined && this.#isBefore(right, left)
      const child = takesRight ? right : left
      if (!this.#isBefore(child, moving)) break
      heap[hole] = child
      hole = takesRight ? leftIndex + 1 : leftIndex
    }
    heap[hole] = moving
  }

  #isBefore(left: SourceIterator, right: SourceIterator): boolean {
    const leftKey = left.userKey
    const order =
      this.#comparator.compare(leftKey, leftKey.length, right.userKey) ||
      right.sequence - left.sequence ||
      right.type - left.type
    return order * this.#sign < 0
  }
}
