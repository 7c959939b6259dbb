import type { DamageInfo, DataPage, DataRow, ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'
import type { BackupRef } from './backups.ts'
import type { Connection } from './connection.svelte.ts'

const pageSize = 200
/** Beyond this the window moves on instead of growing, so that memory stays bounded. */
const windowSize = 50_000
const keptDamageCount = 100

export type ColumnFamilyRef = BackupRef & { readonly columnFamilyId: number }
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
  #run = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Shows a column family from its start, or from the first key not less than `from`. */
  open(ref: ColumnFamilyRef, from: string | null): Promise<void> {
    this.#ref = ref
    return this.#restart({ from, after: null })
  }

  /** Loads the next page, if there is one and none is on the way. */
  async more(): Promise<void> {
    if (this.isLoading || this.isAtEnd || this.isFull || this.#ref === null) return
    await this.#load(this.#ref, this.rows.length === 0 ? this.#start : { from: null, after: this.#next })
  }

  /** Goes on with the rows after this window. */
  nextWindow(): Promise<void> {
    return this.#restart({ from: null, after: this.#next })
  }

  #restart(start: Start): Promise<void> {
    this.#run += 1
    this.#start = start
    this.rows = []
    this.damages = []
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
      const page = await this.#connection.call((client) => client.data.page({ ...ref, ...start, limit: pageSize }))
      if (run === this.#run) this.#append(page)
    } catch (thrown) {
      if (run === this.#run) this.error = errorInfoOf(thrown)
    } finally {
      if (run === this.#run) this.isLoading = false
    }
  }

  #append(page: DataPage): void {
    this.rows = [...this.rows, ...page.rows]
    this.damages = [...this.damages, ...page.damages].slice(0, keptDamageCount)
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
