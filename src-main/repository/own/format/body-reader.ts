import { DamageError } from '#base/damage.ts'

/**
 * Reads the body of a sealed document field by field; what is not as the format says is damage. Fields that it is not
 * asked for are left alone: a later version may write more. Every method throws DamageError.
 */
export class BodyReader {
  readonly #file: string
  readonly #at: string
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(file: string, body: unknown, at = '') {
    this.#file = file
    this.#at = at
    this.#fields = {}
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw this.damage(at === '' ? 'the body' : at, 'an object', body)
    }
    this.#fields = { ...body }
  }

  /** A safe integer from `min`. */
  count(name: string, min = 0): number {
    const value = this.#fields[name]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
      throw this.damage(name, `a whole number from ${min} to 2^53 - 1`, value)
    }
    return value
  }

  crc32c(name: string): number {
    const value = this.count(name)
    if (value > 0xffff_ffff) throw this.damage(name, 'a 32-bit number', value)
    return value
  }

  text(name: string, lengthMax: number): string {
    const value = this.#fields[name]
    if (typeof value !== 'string' || value.length > lengthMax) {
      throw this.damage(name, `a text of at most ${lengthMax} characters`, value)
    }
    return value
  }

  matching(name: string, pattern: RegExp, what: string): string {
    const value = this.#fields[name]
    if (typeof value !== 'string' || !pattern.test(value)) throw this.damage(name, what, value)
    return value
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#fields[name]
    const choice = choices.find((each) => each === value)
    if (choice === undefined) throw this.damage(name, choices.join(' or '), value)
    return choice
  }

  nullable<Value>(name: string, read: (name: string) => Value): Value | null {
    return this.#fields[name] === null ? null : read(name)
  }

  object(name: string): BodyReader {
    return new BodyReader(this.#file, this.#fields[name], this.#nameOf(name))
  }

  objects<Value>(name: string, read: (item: BodyReader) => Value): Value[] {
    return this.#array(name).map((item, index) =>
      read(new BodyReader(this.#file, item, `${this.#nameOf(name)}[${index}]`)),
    )
  }

  texts(name: string, lengthMax: number): string[] {
    return this.#array(name).map((item) => {
      if (typeof item !== 'string' || item.length > lengthMax) {
        throw this.damage(name, `texts of at most ${lengthMax} characters`, item)
      }
      return item
    })
  }

  /** For what single fields cannot say. */
  damage(name: string, expected: string, found: unknown): DamageError {
    return new DamageError({
      file: this.#file,
      offsetBytes: null,
      structure: this.#nameOf(name),
      problem: 'not what the format says',
      expected,
      found: shown(found),
    })
  }

  #array(name: string): readonly unknown[] {
    const value = this.#fields[name]
    if (!Array.isArray(value)) throw this.damage(name, 'a list', value)
    return value
  }

  #nameOf(name: string): string {
    return this.#at === '' || this.#at === name ? name : `${this.#at}.${name}`
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
