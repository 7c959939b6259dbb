const SHOWN_MAX = 100

/** The first differences as sentences, and how many more there are. */
export class Differences {
  readonly #sentences: string[] = []
  #otherCount = 0

  get sentences(): string[] {
    const others = this.#otherCount === 0 ? [] : [`There are ${this.#otherCount} more differences.`]
    return [...this.#sentences, ...others]
  }

  add(sentence: string): void {
    if (this.#sentences.length < SHOWN_MAX) this.#sentences.push(sentence)
    else this.#otherCount += 1
  }
}
