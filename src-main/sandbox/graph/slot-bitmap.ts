const PAGE_SLOTS = 4096
const WORD_SLOTS = 32

/** A set of slots that is walked in ascending order. Pages come with their first slot: a rare label takes little. */
export class SlotBitmap {
  count = 0
  readonly #pages: (Uint32Array | undefined)[] = []

  /** The slot must not be in it. */
  add(slot: number): void {
    const pageNumber = Math.floor(slot / PAGE_SLOTS)
    // a list without holes: engines make slow tables of lists with holes
    while (this.#pages.length <= pageNumber) this.#pages.push(undefined)
    let page = this.#pages[pageNumber]
    if (page === undefined) {
      page = new Uint32Array(PAGE_SLOTS / WORD_SLOTS)
      this.#pages[pageNumber] = page
    }
    const word = wordOf(slot)
    page[word] = (page[word] as number) | bitOf(slot)
    this.count += 1
  }

  /** The slot must be in it. */
  delete(slot: number): void {
    const page = this.#pages[Math.floor(slot / PAGE_SLOTS)]
    if (page === undefined) return
    const word = wordOf(slot)
    page[word] = (page[word] as number) & ~bitOf(slot)
    this.count -= 1
  }

  /** Slots below `end`, as they are when the walk reaches them. */
  *slots(end: number): Generator<number> {
    for (let pageNumber = 0; pageNumber < this.#pages.length; pageNumber += 1) {
      const page = this.#pages[pageNumber]
      if (page === undefined) continue
      for (let word = 0; word < page.length; word += 1) {
        const base = pageNumber * PAGE_SLOTS + word * WORD_SLOTS
        if (base >= end) return
        for (let bit = 0; page[word] !== 0 && bit < WORD_SLOTS; bit += 1) {
          if (base + bit < end && ((page[word] as number) & (1 << bit)) !== 0) yield base + bit
        }
      }
    }
  }
}

function wordOf(slot: number): number {
  return Math.floor((slot % PAGE_SLOTS) / WORD_SLOTS)
}

function bitOf(slot: number): number {
  return 1 << (slot % WORD_SLOTS)
}
