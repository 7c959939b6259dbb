import { DamageError } from '#base/damage.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './json-line.ts'

/** Where a line comes from, for the damage it may hold. */
export type LinePlace = { readonly file: string; readonly lineNumber: number }

/** Gives up on a line. Offsets mean nothing in an unpacked stream, so the number of the line is the place. */
export function failLine(place: LinePlace, problem: string, expected?: string, found?: string): never {
  throw new DamageError({
    file: place.file,
    offsetBytes: null,
    structure: `line ${place.lineNumber}`,
    problem,
    expected: expected ?? null,
    found: found ?? null,
  })
}

/** Reads the fields of a line by name. Every method throws DamageError when the field is not what it should be. */
export class JsonFields {
  readonly #object: JsonObject
  readonly #place: LinePlace

  constructor(object: JsonObject, place: LinePlace) {
    this.#object = object
    this.#place = place
  }

  /** undefined when there is none of that name. */
  get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
  }

  string(name: string): string {
    const value = this.get(name)
    return typeof value === 'string' ? value : this.#fail(name, 'a string')
  }

  u64(name: string): bigint {
    const value = this.get(name)
    return typeof value === 'bigint' && value >= 0n ? value : this.#fail(name, 'an integer of 64 bits')
  }

  /** An integer that the product keeps as a number; `otherwise` when there is none. */
  safeInteger(name: string, otherwise?: number): number {
    const value = this.get(name)
    if (value === undefined && otherwise !== undefined) return otherwise
    const number = typeof value === 'bigint' ? Number(value) : Number.NaN
    return Number.isSafeInteger(number) ? number : this.#fail(name, 'an integer below 2^53')
  }

  count(name: string): number {
    const count = this.safeInteger(name)
    return count >= 0 ? count : this.#fail(name, 'a count')
  }

  strings(name: string): string[] {
    return this.list(name).map((item) => (typeof item === 'string' ? item : this.#fail(name, 'a list of strings')))
  }

  list(name: string): JsonValue[] {
    const value = this.get(name)
    return Array.isArray(value) ? value : this.#fail(name, 'a list')
  }

  object(name: string): JsonObject {
    const value = this.get(name)
    return isJsonObject(value) ? value : this.#fail(name, 'an object')
  }

  #fail(name: string, expected: string): never {
    return failLine(this.#place, `the field ${name} is missing or something else`, expected)
  }
}
