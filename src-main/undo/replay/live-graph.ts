/** A value as a server answers it: text of a float or a boolean cannot be told from that of a string. */
export type Cell =
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly Cell[] }

export type Answer = readonly (readonly Cell[])[]

/** A running server that graphs are written to. */
export interface LiveGraph {
  /** the longest query that it takes, UTF-8 */
  readonly queryBytesMax: number
  /**
   * Runs a query once: it is never sent a second time. The rows, without the names of the columns.
   * @throws AppError; OUTCOME_UNKNOWN when the query left and no answer came
   */
  query(graph: string, cypher: string): Promise<Answer>
}

/** The whole number of a cell; null for anything else. */
export function integerIn(cell: Cell | undefined): bigint | null {
  return cell?.kind === 'integer' ? cell.value : null
}

export function isTrue(cell: Cell | undefined): boolean {
  return cell?.kind === 'text' && cell.text === 'true'
}

/** For people. */
export function cellText(cell: Cell): string {
  switch (cell.kind) {
    case 'integer':
      return String(cell.value)
    case 'text':
      return cell.text
    case 'null':
      return 'nothing'
    case 'list':
      return `[${cell.items.map(cellText).join(', ')}]`
  }
}
