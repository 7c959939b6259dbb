import { type DamageInfo, type ErrorInfo, pageRowsMax } from '#contract'
import { errorInfoOf } from '../api/errors.ts'

/** The first page is small, to be there at once. */
const firstPageSize = 200
/** Beyond this the window moves on instead of growing, so that memory stays bounded. */
const windowSize = 50_000
const keptDamageCount = 100

export type Start = { readonly from: string | null; readonly after: string | null }
export type Page<Row> = {
  readonly rows: readonly Row[]
  readonly next: string | null
  readonly damages: readonly DamageInfo[]
  readonly codec: string | null
}

/** Rows in key order that can be read by cursor. */
export type RowList<Row> = {
  /** tells lists apart */
  readonly id: string
  readonly page: (start: Start, limit: number) => Promise<Page<Row>>
  /** the last rows, the last one first; null where a list can only be read forwards */
  readonly lastPage: ((limit: number) => Promise<Page<Row>>) | null
}

/** The rows of a list, read by cursor as the table is scrolled. */
export class CursorPager<Row> {
  rows = $state.raw<readonly Row[]>([])
  damages = $state.raw<readonly DamageInfo[]>([])
  codec = $state<string | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isLoading = $state(false)
  isAtEnd = $state(false)
  /** Whether this window is full and the rows go on after it. */
  isFull = $derived(this.rows.length >= windowSize && !this.isAtEnd)
  /** Whether the rows in view begin somewhere inside the list. */
  startsInside = $state(false)
  #list: RowList<Row> | null = null
  #start: Start = { from: null, after: null }
  #next: string | null = null
  /** Nothing of this start came yet: what is shown is from before, and goes when the first page comes. */
  #isFresh = true
  #run = 0

  /** The key that the list was last opened from. */
  get from(): string | null {
    return this.#start.from
  }

  /** Shows a list from its start, or from the first key not less than `from`. */
  open(list: RowList<Row>, from: string | null): Promise<void> {
    if (list.id !== this.#list?.id) this.rows = []
    this.#list = list
    return this.#restart({ from, after: null })
  }

  /** Shows the last rows of the list. */
  async openEnd(): Promise<void> {
    const lastPage = this.#list?.lastPage ?? null
    if (lastPage === null) return
    this.#run += 1
    await this.#attempt(async () => {
      const page = await lastPage(pageRowsMax)
      return () => {
        this.#isFresh = true
        this.#append({ ...page, rows: page.rows.toReversed(), next: null })
        this.startsInside = page.next !== null
      }
    })
  }

  /** Loads the next page, if there is one and none is on the way. */
  async more(): Promise<void> {
    const list = this.#list
    if (this.isLoading || this.isAtEnd || (this.isFull && !this.#isFresh) || list === null) return
    const start = this.#isFresh ? this.#start : { from: null, after: this.#next }
    await this.#attempt(async (isCurrent) => {
      let page = await list.page(start, this.#isFresh ? firstPageSize : pageRowsMax)
      const damages = [...page.damages]
      // a page may end before it found anything: then the next one is read at once
      while (page.rows.length === 0 && page.next !== null && isCurrent()) {
        page = await list.page({ from: null, after: page.next }, pageRowsMax)
        damages.push(...page.damages.slice(0, Math.max(0, keptDamageCount - damages.length)))
      }
      return () => this.#append({ ...page, damages })
    })
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

  /** Reads, and takes what came unless something newer was asked for meanwhile. */
  async #attempt(read: (isCurrent: () => boolean) => Promise<() => void>): Promise<void> {
    const run = this.#run
    const isCurrent = () => run === this.#run
    this.isLoading = true
    try {
      const take = await read(isCurrent)
      if (isCurrent()) take()
    } catch (thrown) {
      if (isCurrent()) this.error = errorInfoOf(thrown)
    } finally {
      if (isCurrent()) this.isLoading = false
    }
  }

  #append(page: Page<Row>): void {
    this.rows = this.#isFresh ? page.rows : [...this.rows, ...page.rows]
    this.damages = [...(this.#isFresh ? [] : this.damages), ...page.damages].slice(0, keptDamageCount)
    this.#isFresh = false
    this.codec = page.codec
    this.error = null
    this.#next = page.next
    this.isAtEnd = page.next === null
  }
}
