const storagePrefix = 'lifeboat.columns.'

/** The widths, in em, that a person dragged the columns of a table to. Kept in the browser under the table's name. */
export class ColumnWidths {
  chosen = $state.raw<Readonly<Record<string, number>>>({})
  readonly #key: string
  readonly #storage: Storage

  constructor(tableName: string, storage: Storage) {
    this.#key = storagePrefix + tableName
    this.#storage = storage
    this.chosen = this.#read()
  }

  choose(columnId: string, widthEm: number): void {
    this.#set({ ...this.chosen, [columnId]: widthEm })
  }

  /** The column gets its own width back. */
  reset(columnId: string): void {
    this.#set(Object.fromEntries(Object.entries(this.chosen).filter(([id]) => id !== columnId)))
  }

  #set(widths: Readonly<Record<string, number>>): void {
    this.chosen = widths
    this.#storage.setItem(this.#key, JSON.stringify(widths))
  }

  #read(): Readonly<Record<string, number>> {
    try {
      const saved: unknown = JSON.parse(this.#storage.getItem(this.#key) ?? '{}')
      if (typeof saved !== 'object' || saved === null) return {}
      const entries = Object.entries(saved).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0 && entry[1] < 1_000,
      )
      return Object.fromEntries(entries)
    } catch {
      // widths that cannot be read are no widths: the columns have their own
      return {}
    }
  }
}
