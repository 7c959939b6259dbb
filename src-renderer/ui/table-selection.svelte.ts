/** Which rows are chosen, and where the cursor is. Rows go by their keys, so that sorting keeps the choice. */
export class TableSelection {
  keys = $state.raw<ReadonlySet<string>>(new Set())
  cursor = $state<string | null>(null)
  #anchor: string | null = null

  /** Chooses one row, adds it, or everything from the last chosen row to it. */
  choose(rowKeys: readonly string[], index: number, how: 'one' | 'toggle' | 'range'): void {
    const key = rowKeys[index]
    if (key === undefined) return
    this.cursor = key
    if (how === 'range') {
      this.#chooseRange(rowKeys, index)
      return
    }
    this.#anchor = key
    if (how === 'one') this.keys = new Set([key])
    else this.keys = toggled(this.keys, key)
  }

  chooseAll(rowKeys: readonly string[]): void {
    this.keys = new Set(rowKeys)
  }

  /** Forgets the choice and the cursor: the rows are others now. */
  drop(): void {
    this.keys = new Set()
    this.cursor = null
  }

  #chooseRange(rowKeys: readonly string[], index: number): void {
    const anchor = Math.max(0, rowKeys.indexOf(this.#anchor ?? ''))
    this.keys = new Set(rowKeys.slice(Math.min(anchor, index), Math.max(anchor, index) + 1))
  }
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys)
  if (!next.delete(key)) next.add(key)
  return next
}
