import { AppError } from '#base/app-error.ts'

const INTEGER = /^(?:0|[1-9][0-9]{0,15})$/
const SHOWN_CHARACTERS_MAX = 64

/** Reads the arguments of one command from the left. Every complaint says how the command is written right. */
export class ArgumentReader {
  readonly #words: readonly Uint8Array[]
  readonly #usage: string
  #next = 0

  /** @param usage the command as it is written right */
  constructor(words: readonly Uint8Array[], usage: string) {
    this.#words = words
    this.#usage = usage
  }

  get isAtEnd(): boolean {
    return this.#next === this.#words.length
  }

  /** Takes the next word when it is one of these keywords, in any case; null otherwise. */
  keyword<Keyword extends string>(...keywords: readonly Keyword[]): Keyword | null {
    const word = this.#words[this.#next]
    if (word === undefined || word.length > SHOWN_CHARACTERS_MAX) return null
    const upper = Buffer.from(word).toString('latin1').toUpperCase()
    const found = keywords.find((keyword) => keyword === upper) ?? null
    if (found !== null) this.#next += 1
    return found
  }

  /** @param what what the word says: "an id" */
  text(what: string): string {
    const word = this.#words[this.#next]
    if (word === undefined) throw this.#wrong(`${what} is missing`)
    this.#next += 1
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(word)
    } catch (cause) {
      throw this.#wrong(`${what} is not UTF-8`, cause)
    }
  }

  /** A whole number from 0 to 2^53 − 1, not below `min` and not above `max`. */
  integer(what: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number {
    const text = this.text(what)
    const value = INTEGER.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    throw this.#wrong(`${what} must be a whole number from ${min} to ${max}, not ${shown(text)}`)
  }

  /** Always throws: the next word is missing or another one. */
  missing(what: string): never {
    throw this.#wrong(`${what} is missing`)
  }

  /** Always throws. @param complaint what is wrong with the word that was read */
  refuse(complaint: string): never {
    throw this.#wrong(complaint)
  }

  /** @throws AppError BAD_REQUEST when words are left */
  end(): void {
    const word = this.#words[this.#next]
    if (word !== undefined) throw this.#wrong(`${shown(Buffer.from(word).toString('utf8'))} is not understood here`)
  }

  #wrong(message: string, cause?: unknown): AppError {
    return new AppError(
      'BAD_REQUEST',
      { message, nextStep: `Write ${this.#usage}` },
      cause === undefined ? undefined : { cause },
    )
  }
}

function shown(text: string): string {
  return `'${text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text}'`
}
