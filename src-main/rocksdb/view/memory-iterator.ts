import type { InternalIterator } from '../internal-iterator.ts'
import type { MemoryRun } from '../wal/load-wal.ts'
import type { SourceIterator } from './merging-iterator.ts'

/** The unflushed entries of a column family as one source of a merge. */
export class MemoryIterator implements SourceIterator {
  readonly sourceName = 'write-ahead log'
  readonly #cursor: InternalIterator

  constructor(run: MemoryRun) {
    this.#cursor = run.iterator()
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

  seekToFirst(): void {
    this.#cursor.seekToFirst()
  }

  seek(userKey: Uint8Array): void {
    this.#cursor.seek(userKey)
  }

  next(): void {
    this.#cursor.next()
  }

  /** Sorted here, so only keys too short for their timestamp can be alike without being the same. */
  giveUp(): void {
    this.#cursor.next()
  }
}
