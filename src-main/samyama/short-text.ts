/** One line of a list; a stored string may have a million characters, which nobody reads there. */
const LINE_CHARACTERS_MAX = 10_000

/** Text that grows up to one line and is cut behind it, so that no value makes more work than that. */
export class ShortText {
  #text = ''
  #isCut = false

  /** True when nothing that is added can show any more. */
  get isFull(): boolean {
    return this.#isCut
  }

  add(part: string): void {
    if (this.#isCut) return
    const left = LINE_CHARACTERS_MAX - this.#text.length
    this.#isCut = part.length > left
    this.#text += this.#isCut ? part.slice(0, left) : part
  }

  /** Adds text in quotes. */
  addQuoted(text: string): void {
    if (!this.#isCut) this.add(JSON.stringify(text.slice(0, LINE_CHARACTERS_MAX)))
    // the quotes alone make it too long, so a cut string never looks whole
    if (text.length > LINE_CHARACTERS_MAX) this.#isCut = true
  }

  finish(): string {
    return this.#isCut ? `${this.#text.toWellFormed()}…` : this.#text
  }
}

/** The text, cut when it is longer than a line. */
export function shortText(text: string): string {
  const short = new ShortText()
  short.add(text)
  return short.finish()
}
