import { failAt } from '../place.ts'
import type { MemoryRun } from '../wal/load-wal.ts'
import type { WalRunIterator } from '../wal/wal-run-iterator.ts'
import type { Direction } from './direction.ts'
import type { SourceIterator } from './merging-iterator.ts'

/** The unflushed entries of a column family as one source of a merge. */
export class MemoryIterator implements SourceIterator {
  readonly #cursor: WalRunIterator
  readonly #isForward: boolean

  constructor(run: MemoryRun, direction: Direction) {
    this.#cursor = run.iterator()
    this.#isForward = direction === 'forward'
  }

  get sourceName(): string {
    return this.#cursor.file
  }

  get valid(): boolean {
    return this.#cursor.valid
  }

  get userKey(): Uint8Array {
    return this.#cursor.userKey
  }

  get sequence(): number {
    return this.#cursor.sequence
  }

  get type(): number {
    return this.#cursor.type
  }

  get value(): Uint8Array {
    return this.#cursor.value
  }

  embeddedBlob(): never {
    return failAt(
      { file: this.sourceName, structure: 'blob index', offsetBytes: null },
      'a log has no values of its own',
    )
  }

  rewind(): void {
    if (this.#isForward) this.#cursor.seekToFirst()
    else this.#cursor.seekToLast()
  }

  seek(userKey: Uint8Array): void {
    if (this.#isForward) this.#cursor.seek(userKey)
    else this.#cursor.seekForPrev(userKey)
  }

  advance(): void {
    if (this.#isForward) this.#cursor.next()
    else this.#cursor.prev()
  }

  /** Sorted here, so only keys too short for their timestamp can be alike without being the same. */
  giveUp(): void {
    this.advance()
  }
}
