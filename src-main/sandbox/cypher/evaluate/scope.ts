import type { CypherValue } from '../values/value.ts'

/** A row of a running query: each variable has a slot. Rows are written in place; who keeps one copies it. */
export type Row = CypherValue[]
export type Evaluate = (row: Row) => CypherValue

/** Variables that can be seen at a place in the query, and their slots. Slots are never given twice. */
export class Scope {
  readonly #slots: Map<string, number>
  readonly #counter: { next: number }

  private constructor(slots: Map<string, number>, counter: { next: number }) {
    this.#slots = slots
    this.#counter = counter
  }

  /** A scope of rows that begin with these variables. */
  static of(names: readonly string[]): Scope {
    return new Scope(new Map(names.map((name, slot) => [name, slot])), { next: names.length })
  }

  /** A scope without variables, of rows whose first slots are taken. */
  static after(slots: number): Scope {
    return new Scope(new Map(), { next: slots })
  }

  slotOf(name: string): number | null {
    return this.#slots.get(name) ?? null
  }

  names(): string[] {
    return [...this.#slots.keys()]
  }

  /** The slot of a variable, a new one if it has none. */
  declare(name: string): number {
    const known = this.#slots.get(name)
    if (known !== undefined) return known
    return this.shadow(name)
  }

  /** A new slot for a variable; one of the same name is no longer seen. */
  shadow(name: string): number {
    const slot = this.unnamed()
    this.#slots.set(name, slot)
    return slot
  }

  /** A slot that no variable has. */
  unnamed(): number {
    const slot = this.#counter.next
    this.#counter.next += 1
    return slot
  }

  /** A scope on the same rows: what is declared in it is not seen outside. */
  inner(): Scope {
    return new Scope(new Map(this.#slots), this.#counter)
  }

  /** A scope on the same rows that sees no variable of this one. */
  blank(): Scope {
    return new Scope(new Map(), this.#counter)
  }
}
