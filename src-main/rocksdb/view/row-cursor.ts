import type { Comparator } from '../comparator.ts'
import { damageAt } from '../place.ts'
import { KeyBuffer } from '../sst/key-buffer.ts'
import { isDeletion, valueType } from '../value-type.ts'
import type { ContentReader } from './content-reader.ts'
import type { MergingIterator } from './merging-iterator.ts'
import type { PlainContent, Preview, Row, RowContent } from './row.ts'
import { isSameKey } from './same-key.ts'
import type { ScanReport } from './scan-report.ts'
import type { TombstoneCover } from './tombstone-cover.ts'

/** Operands of one row that are shown, the newest. */
export const operandsShownMax = 100
/** a chain this long is an attack: the engine itself would need all of it in memory */
const OPERANDS_READ_MAX = 1_000_000
/** so many old versions are stepped over before a seek is cheaper */
const VERSIONS_STEPPED_MAX = 100
const noBytes = new Uint8Array(0)

/** What the readers of one scan share. */
export type RowServices = {
  readonly comparator: Comparator
  readonly cover: TombstoneCover
  readonly report: ScanReport
  /** asked at every deleted key: false pauses the walk there */
  readonly mayGoOn?: ((entriesRead: number) => boolean) | undefined
}

/**
 * Walks the rows that a reader of the database would see, in key order, without an allocation for a row. After a
 * move it stands on the newest visible version of `key`, or on nothing.
 */
export class RowCursor {
  valid = false
  sequence = 0
  /** the value type of the newest version: never a deletion */
  type = 0
  /** it stands on nothing, and there may be more behind `lastKey` */
  isPaused = false
  /** versions looked at so far, deleted and old ones included */
  entriesRead = 0
  readonly #merged: MergingIterator
  readonly #services: RowServices
  readonly #comparator: Comparator
  readonly #key = new KeyBuffer()
  #keyView = noBytes
  #hasKey = false

  constructor(merged: MergingIterator, services: RowServices) {
    this.#merged = merged
    this.#services = services
    this.#comparator = services.comparator
  }

  /** The key it stands on: a view that the next move overwrites. */
  get key(): Uint8Array {
    return this.#keyView
  }

  /** The newest version as it is stored: for a blob its reference. A view, valid until the next move. @throws DamageError */
  get value(): Uint8Array {
    return this.#merged.top.value
  }

  /** A copy of the last key that was looked at, visible or not; null before the first. */
  lastKey(): Uint8Array | null {
    return this.#hasKey ? new Uint8Array(this.#keyView) : null
  }

  rewind(): void {
    this.#merged.rewind()
    this.#settle()
  }

  /** To the first row at `key` or behind it; never back. */
  seek(key: Uint8Array): void {
    if (this.valid && this.#comparator.compare(this.#keyView, this.#keyView.length, key) >= 0) return
    this.#merged.seek(key)
    this.#settle()
  }

  /** To the first row behind `key`, whether there is such a row or not. */
  seekBehind(key: Uint8Array): void {
    this.#setKey(key)
    this.#seekBehindKey()
    this.#settle()
  }

  next(): void {
    this.#leaveKey()
    this.#settle()
  }

  /** The row it stands on, copied. May move on to older versions of the same key: ask once, then move. */
  row(contents: ContentReader): Row {
    const key = new Uint8Array(this.#keyView)
    contents.beginRow(key)
    return { key, sequence: this.sequence, content: this.#content(contents, key) }
  }

  #content(contents: ContentReader, key: Uint8Array): RowContent {
    if (this.type !== valueType.merge) return contents.content(this.#merged.top, key)
    const operands: Preview[] = []
    let operandCount = 0
    let base: PlainContent | null = null
    for (; this.#isAtKey(); this.#advance()) {
      if (this.#isHidden()) break
      const { top } = this.#merged
      if (top.type !== valueType.merge) {
        base = contents.content(top, key)
        break
      }
      if (operandCount === OPERANDS_READ_MAX) {
        const place = { file: top.sourceName, structure: 'merge operands', offsetBytes: null }
        this.#services.report.addRow(damageAt(place, 'more than are read here', `${OPERANDS_READ_MAX}`), key)
        break
      }
      operandCount += 1
      if (operands.length < operandsShownMax) operands.push(contents.operand(top, key))
    }
    return { kind: 'merge', operands, operandCount, base }
  }

  /** Goes on to the next visible row. */
  #settle(): void {
    this.valid = false
    this.isPaused = false
    while (this.#merged.valid) {
      const { top } = this.#merged
      if (this.#goesBack(top.userKey)) {
        // a page that went back would be followed by itself for ever
        this.#merged.giveUp()
        continue
      }
      this.#setKey(top.userKey)
      if (!this.#isHidden()) {
        this.valid = true
        this.sequence = top.sequence
        this.type = top.type
        return
      }
      this.#leaveKey()
      this.isPaused = this.#services.mayGoOn?.(this.entriesRead) === false
      if (this.isPaused) return
    }
  }

  #goesBack(userKey: Uint8Array): boolean {
    return this.#hasKey && this.#comparator.compare(this.#keyView, this.#keyView.length, userKey) >= 0
  }

  #setKey(userKey: Uint8Array): void {
    const { length } = userKey
    this.#key.replaceTail(0, userKey, 0, length)
    const { bytes } = this.#key
    if (this.#keyView.length !== length || this.#keyView.buffer !== bytes.buffer) {
      this.#keyView = bytes.subarray(0, length)
    }
    this.#hasKey = true
    this.#services.report.key = this.#keyView
  }

  /** Passes all versions of the key. */
  #leaveKey(): void {
    for (let steps = 0; steps < VERSIONS_STEPPED_MAX; steps += 1) {
      if (!this.#isAtKey()) return
      this.#advance()
    }
    this.#seekBehindKey()
  }

  #seekBehindKey(): void {
    const { successor } = this.#comparator
    this.#merged.seek(successor === null ? this.#keyView : successor(this.#keyView))
    if (successor === null) while (this.#isAtKey()) this.#advance()
  }

  #advance(): void {
    this.entriesRead += 1
    this.#merged.advance()
  }

  #isAtKey(): boolean {
    return this.#merged.valid && isSameKey(this.#merged.top.userKey, this.#keyView, this.#comparator)
  }

  #isHidden(): boolean {
    const { top } = this.#merged
    return isDeletion(top.type) || top.sequence < this.#services.cover.deletedAt(top.userKey)
  }
}
