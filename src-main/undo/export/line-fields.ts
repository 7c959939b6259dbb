/** A line that is not what this program writes. */
export class BadLine extends Error {
  override readonly name = 'BadLine'
}

/** The fields of one JSON object, each proved to be what it should be. @throws BadLine */
export class LineFields {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(json: unknown) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) LineFields.fail('not an object')
    this.#fields = json as Readonly<Record<string, unknown>>
  }

  static fail(problem: string): never {
    throw new BadLine(problem)
  }

  static list(json: unknown): readonly unknown[] {
    return Array.isArray(json) ? json : LineFields.fail('not a list')
  }

  static text(json: unknown): string {
    return typeof json === 'string' ? json : LineFields.fail('not a text')
  }

  static hex(json: unknown): Uint8Array {
    const text = LineFields.text(json)
    if (!/^(?:[0-9a-f]{2})*$/.test(text)) LineFields.fail('not hex')
    return new Uint8Array(Buffer.from(text, 'hex'))
  }

  value(name: string): unknown {
    return this.#fields[name]
  }

  string(name: string): string {
    return LineFields.text(this.#fields[name])
  }

  nullableString(name: string): string | null {
    return this.#fields[name] === null ? null : this.string(name)
  }

  number(name: string): number {
    const value = this.#fields[name]
    return typeof value === 'number' ? value : LineFields.fail(`${name} is no number`)
  }

  boolean(name: string): boolean {
    const value = this.#fields[name]
    return typeof value === 'boolean' ? value : LineFields.fail(`${name} is no boolean`)
  }

  bigint(name: string): bigint {
    const text = this.string(name)
    return /^-?\d+$/.test(text) ? BigInt(text) : LineFields.fail(`${name} is no whole number`)
  }

  list(name: string): readonly unknown[] {
    return LineFields.list(this.#fields[name])
  }
}
