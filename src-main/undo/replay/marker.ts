import { nameText, quoted } from '../cypher-text.ts'

const ID_DIGITS = 16

/** The property that says, until all is done, what was made by an undo, and from which row. */
export const MARKER_NAME = 'lifeboat_undo'
const MARKER = nameText(MARKER_NAME)

/** Ids of the rows from one to another, both of them in it. */
export type IdRange = { readonly first: bigint; readonly last: bigint }

export const allIds: IdRange = { first: 0n, last: 2n ** 64n - 1n }

/** What the marked rows of one undo are called; the order of the texts is that of the ids. */
export class Marker {
  readonly #undoId: string

  /** @param undoId letters and digits */
  constructor(undoId: string) {
    this.#undoId = undoId
  }

  textOf(oldId: bigint): string {
    return `${this.#undoId}:${oldId.toString(16).padStart(ID_DIGITS, '0')}`
  }

  /** The old id in a marker; null for the marker of another undo. */
  idIn(text: string): bigint | null {
    const match = /^([^:]*):([0-9a-f]{16})$/.exec(text)
    return match === null || match[1] !== this.#undoId ? null : BigInt(`0x${match[2]}`)
  }

  /** For the map of the properties of a row that is made. */
  entry(oldId: bigint): string {
    return `${MARKER}: ${quoted(this.textOf(oldId))}`
  }

  /** What is marked with the ids of a range, `count` at most, in the order of the ids. */
  findQuery(kind: 'nodes' | 'edges', { first, last }: IdRange, count: number): string {
    const marked = `x.${MARKER} >= ${quoted(this.textOf(first))} AND x.${MARKER} <= ${quoted(this.textOf(last))}`
    return `${matchOf(kind)} WHERE ${marked} RETURN id(x), x.${MARKER} AS marker ORDER BY marker, id(x) LIMIT ${count}`
  }

  /** Deletes one row that was made twice. */
  deleteQuery(kind: 'nodes' | 'edges', newId: bigint, oldId: bigint): string {
    return `${matchOf(kind)} WHERE id(x) = ${newId} AND x.${MARKER} = ${quoted(this.textOf(oldId))} DELETE x`
  }

  /** Takes the markers of `count` rows away, and says of how many. */
  removeQuery(kind: 'nodes' | 'edges', count: number): string {
    const marked = `x.${MARKER} STARTS WITH ${quoted(`${this.#undoId}:`)}`
    return `${matchOf(kind)} WHERE ${marked} WITH x LIMIT ${count} REMOVE x.${MARKER} RETURN count(x)`
  }
}

function matchOf(kind: 'nodes' | 'edges'): string {
  return kind === 'nodes' ? 'MATCH (x)' : 'MATCH ()-[x]->()'
}
