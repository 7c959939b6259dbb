import { SlotBitmap } from './slot-bitmap.ts'

type LabelSet = { readonly labels: readonly string[]; readonly bitmaps: readonly SlotBitmap[] }

/** Which nodes have a label. Nodes of the same labels share one list of them, known by its number. */
export class LabelIndex {
  readonly #bitmaps = new Map<string, SlotBitmap>()
  readonly #numbers = new Map<string, number>()
  readonly #sets: LabelSet[] = []

  /** The number of these labels in this order; a label given twice counts once. */
  setOf(labels: readonly string[]): number {
    const unique = [...new Set(labels)]
    const key = JSON.stringify(unique)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#sets.push({ labels: Object.freeze(unique), bitmaps: unique.map((label) => this.#bitmapOf(label)) })
    this.#numbers.set(key, this.#sets.length - 1)
    return this.#sets.length - 1
  }

  labelsOf(labelSet: number): readonly string[] {
    return this.#set(labelSet).labels
  }

  add(labelSet: number, slot: number): void {
    for (const bitmap of this.#set(labelSet).bitmaps) bitmap.add(slot)
  }

  delete(labelSet: number, slot: number): void {
    for (const bitmap of this.#set(labelSet).bitmaps) bitmap.delete(slot)
  }

  count(label: string): number {
    return this.#bitmaps.get(label)?.count ?? 0
  }

  /** Slots of nodes with the label below `end`, ascending. */
  slots(label: string, end: number): Iterable<number> {
    return this.#bitmaps.get(label)?.slots(end) ?? []
  }

  #set(labelSet: number): LabelSet {
    return this.#sets[labelSet] as LabelSet
  }

  #bitmapOf(label: string): SlotBitmap {
    let bitmap = this.#bitmaps.get(label)
    if (bitmap === undefined) {
      bitmap = new SlotBitmap()
      this.#bitmaps.set(label, bitmap)
    }
    return bitmap
  }
}
