import type { DamageInfo, DataPage, DataRow, ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'
import { KeySpace, keyBeforeEnd } from '../base/key-space.ts'
import { base64FromBytes, bytesFromBase64 } from '../base/key-text.ts'
import type { BackupRef } from './backups.ts'
import type { Connection } from './connection.svelte.ts'

/** The first page is small, to be there at once. */
const firstPageSize = 200
const pageSize = 500
const shownAtEndCount = 100
/** Beyond this the window moves on instead of growing, so that memory stays bounded. */
const windowSize = 50_000
const keptDamageCount = 100

export type ColumnFamilyRef = BackupRef & { readonly columnFamilyId: number }
type KeyRange = { readonly smallestKey: string | null; readonly largestKey: string | null }
type Start = { readonly from: string | null; readonly after: string | null }

/** The rows of a column family, read by cursor as the table is scrolled. */
export class DataPager {
  rows = $state.raw<readonly DataRow[]>([])
  damages = $state.raw<readonly DamageInfo[]>([])
  codec = $state<string | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isLoading = $state(false)
  isAtEnd = $state(false)
  /** Whether this window is full and the rows go on after it. */
  isFull = $derived(this.rows.length >= windowSize && !this.isAtEnd)
  /** Whether the rows in view begin somewhere inside the column family. */
  startsInside = $state(false)
  readonly #connection: Connection
  #ref: ColumnFamilyRef | null = null
  #start: Start = { from: null, after: null }
  #next: string | null = null
  /** Nothing of this start came yet: what is shown is from before, and goes when the first page comes. */
  #isFresh = true
  #run = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Shows a column family from its start, or from the first key not less than `from`. */
  open(ref: ColumnFamilyRef, from: string | null): Promise<void> {
    const isSame =
      ref.sourceId === this.#ref?.sourceId &&
      ref.backupId === this.#ref.backupId &&
      ref.columnFamilyId === this.#ref.columnFamilyId
    if (!isSame) this.rows = []
    this.#ref = ref
    return this.#restart({ from, after: null })
  }

  /** Shows the last rows of a column family, found by its key range; from its start when nothing is known of that. */
  async openEnd(ref: ColumnFamilyRef, { smallestKey, largestKey }: KeyRange): Promise<void> {
    if (smallestKey === null || largestKey === null) return this.open(ref, null)
    this.#run += 1
    const run = this.#run
    this.isLoading = true
    const space = new KeySpace(bytesFromBase64(smallestKey), bytesFromBase64(largestKey))
    try {
      const from = await keyBeforeEnd(space, shownAtEndCount, async (key) => {
        if (run !== this.#run) return { rowCount: 0, lastKey: null, isEnd: true }
        const { rows, next } = await this.#page(ref, { from: base64FromBytes(key), after: null }, pageSize)
        return { rowCount: rows.length, lastKey: next === null ? null : bytesFromBase64(next), isEnd: next === null }
      })
      if (run === this.#run) await this.open(ref, base64FromBytes(from))
    } catch (thrown) {
      if (run === this.#run) {
        this.error = errorInfoOf(thrown)
        this.isLoading = false
      }
    }
  }

  /** Loads the next page, if there is one and none is on the way. */
  async more(): Promise<void> {
    if (this.isLoading || this.isAtEnd || (this.isFull && !this.#isFresh) || this.#ref === null) return
    await this.#load(this.#ref, this.#isFresh ? this.#start : { from: null, after: this.#next })
  }

  /** Goes on with the rows after this window. */
  nextWindow(): Promise<void> {
    return this.#restart({ from: null, after: this.#next })
  }

  #restart(start: Start): Promise<void> {
    this.#run += 1
    this.#start = start
    this.#isFresh = true
    this.error = null
    this.isLoading = false
    this.isAtEnd = false
    this.startsInside = start.from !== null || start.after !== null
    return this.more()
  }

  async #load(ref: ColumnFamilyRef, start: Start): Promise<void> {
    const run = this.#run
    this.isLoading = true
    try {
      const page = await this.#page(ref, start, this.#isFresh ? firstPageSize : pageSize)
      if (run === this.#run) this.#append(page)
    } catch (thrown) {
      if (run === this.#run) this.error = errorInfoOf(thrown)
    } finally {
      if (run === this.#run) this.isLoading = false
    }
  }

  #page(ref: ColumnFamilyRef, start: Start, limit: number): Promise<DataPage> {
    return this.#connection.call((client) => client.data.page({ ...ref, ...start, limit }))
  }

  #append(page: DataPage): void {
    this.rows = this.#isFresh ? page.rows : [...this.rows, ...page.rows]
    this.damages = [...(this.#isFresh ? [] : this.damages), ...page.damages].slice(0, keptDamageCount)
    this.#isFresh = false
    this.codec = page.codec
    this.error = null
    this.#next = page.next
    this.isAtEnd = page.next === null
  }
}

/** One whole row with its value. */
export function loadValue(
  connection: Connection,
  ref: ColumnFamilyRef,
  key: string,
): Promise<{ row: DataRow | null; isCut: boolean }> {
  return connection.call((client) => client.data.value({ ...ref, key }))
}
