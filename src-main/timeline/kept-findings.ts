import type { Finding } from './finding.ts'

/** The gravest findings of one kind; the others are counted. A binary heap with the least grave one on top. */
export class KeptFindings {
  readonly #countMax: number
  readonly #heap: Finding[] = []
  omittedCount = 0

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  get findings(): readonly Finding[] {
    return this.#heap
  }

  add(finding: Finding): void {
    if (this.#heap.length < this.#countMax) {
      this.#heap.push(finding)
      this.#rise(this.#heap.length - 1)
      return
    }
    this.omittedCount += 1
    if (finding.severity <= this.#severity(0)) return
    this.#heap[0] = finding
    this.#sink()
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#severity(parent) <= this.#severity(at)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(): void {
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const least = this.#severity(left + 1) < this.#severity(left) ? left + 1 : left
      if (this.#severity(least) >= this.#severity(at)) return
      this.#swap(at, least)
      at = least
    }
  }

  #severity(at: number): number {
    return this.#heap[at]?.severity ?? Number.POSITIVE_INFINITY
  }

  #swap(left: number, right: number): void {
    const held = this.#heap[left] as Finding
    this.#heap[left] = this.#heap[right] as Finding
    this.#heap[right] = held
  }
}
