import { idText, isWritableName, nameText, propertiesText } from '../cypher-text.ts'
import type { LostEdge, LostNode } from '../lost.ts'
import type { EndState } from '../read-lost.ts'

/** Carries the id that a node had, until its edges are there. */
const ID_PROPERTY = nameText('lifeboat_undo_id')
const STATEMENT_ROWS_MAX = 500
const STATEMENT_CHARACTERS_MAX = 128 * 1024
/** a server looks at every node with a label for each end of an edge */
const LOOKS_MAX = 20_000_000

type Group = { readonly rows: string[]; characters: number }

/**
 * Cypher statements that make lost nodes and edges again, one on a line. Servers give new ids: each node keeps its old one in a
 * property until its edges found it there; ends that were never lost are found by their id.
 */
export class CypherScript {
  readonly #write: (text: string) => void
  readonly #endState: (tenant: string, id: bigint) => EndState
  readonly #groups = new Map<string, Group>()
  readonly #labelGroups = new Set<string>()
  #rowCount = 0
  #nodeCount = 0
  #edgeRowsMax = STATEMENT_ROWS_MAX
  /** properties that Cypher cannot say, and edges without an end */
  unwritableCount = 0
  endlessCount = 0

  constructor(write: (text: string) => void, endState: (tenant: string, id: bigint) => EndState) {
    this.#write = write
    this.#endState = endState
  }

  /** A line that is not run. */
  remark(text: string): void {
    this.#write(`// ${text.replaceAll(/\p{Cc}/gu, ' ')}\n`)
  }

  /** Nodes come before edges. */
  addNode({ before }: LostNode): void {
    const labels = before.labels
      .filter(isWritableName)
      .sort()
      .map((label) => `:${nameText(label)}`)
      .join('')
    this.#labelGroups.add(labels)
    this.#nodeCount += 1
    const properties = propertiesText(before.properties, [`${ID_PROPERTY}: ${idText(before.id)}`])
    this.unwritableCount +=
      properties.unwritable.length + before.labels.filter((label) => !isWritableName(label)).length
    this.#add(`CREATE (n${labels}) SET n = row`, properties.text, STATEMENT_ROWS_MAX)
  }

  /** Ends the nodes. */
  endNodes(): void {
    this.#flush()
    this.#edgeRowsMax = Math.min(STATEMENT_ROWS_MAX, Math.max(1, Math.floor(LOOKS_MAX / (2 * this.#nodeCount + 1))))
  }

  addEdge({ tenant, before }: LostEdge): void {
    const [source, target] = [this.#endState(tenant, before.source), this.#endState(tenant, before.target)]
    if (source === 'absent' || target === 'absent' || !isWritableName(before.edgeType)) {
      this.endlessCount += 1
      return
    }
    const properties = propertiesText(before.properties)
    this.unwritableCount += properties.unwritable.length
    const row = `{s: ${idText(before.source)}, t: ${idText(before.target)}, p: ${properties.text}}`
    const ends = `MATCH (a), (b) WHERE ${foundBy('a', source, 's')} AND ${foundBy('b', target, 't')}`
    this.#add(`${ends} CREATE (a)-[r:${nameText(before.edgeType)}]->(b) SET r = row.p`, row, this.#edgeRowsMax)
  }

  /** Takes the old ids away again. */
  finish(): void {
    this.#flush()
    for (const labels of this.#labelGroups)
      this.#write(`MATCH (n${labels}) WHERE n.${ID_PROPERTY} IS NOT NULL REMOVE n.${ID_PROPERTY};\n`)
  }

  #add(clause: string, row: string, rowsMax: number): void {
    let group = this.#groups.get(clause)
    if (group === undefined) {
      group = { rows: [], characters: 0 }
      this.#groups.set(clause, group)
    }
    group.rows.push(row)
    group.characters += row.length
    this.#rowCount += 1
    if (group.rows.length >= rowsMax || group.characters >= STATEMENT_CHARACTERS_MAX) this.#flushGroup(clause, group)
    // many small groups hold as much as one large one may
    if (this.#rowCount >= 20 * STATEMENT_ROWS_MAX) this.#flush()
  }

  #flush(): void {
    for (const [clause, group] of this.#groups) this.#flushGroup(clause, group)
    this.#groups.clear()
  }

  #flushGroup(clause: string, group: Group): void {
    if (group.rows.length === 0) return
    this.#write(`UNWIND [${group.rows.join(', ')}] AS row ${clause};\n`)
    this.#rowCount -= group.rows.length
    group.rows.length = 0
    group.characters = 0
  }
}

function foundBy(variable: string, state: EndState, field: string): string {
  return state === 'kept' ? `id(${variable}) = row.${field}` : `${variable}.${ID_PROPERTY} = row.${field}`
}
