import { equalBytes } from '#base/bytes.ts'
import type { View } from '../rocksdb/view/view.ts'
import type { LostEdge, LostFilter, LostRow } from './lost.ts'

/** Decides which of what was lost is meant. */
export class LostSelection {
  readonly #after: View
  readonly #filter: LostFilter
  readonly #labelsOf: (tenant: string, nodeId: bigint) => readonly string[]

  /** @param labelsOf the labels that a node had before */
  constructor(after: View, filter: LostFilter, labelsOf: (tenant: string, nodeId: bigint) => readonly string[]) {
    this.#after = after
    this.#filter = filter
    this.#labelsOf = labelsOf
  }

  /** False when the filter names what only nodes and edges have. */
  get takesOthers(): boolean {
    const { labels, edgeTypes, tenant } = this.#filter
    return labels.length === 0 && edgeTypes.length === 0 && tenant === null
  }

  takes(row: LostRow, key: Uint8Array): boolean {
    const { keyPrefix, tenant } = this.#filter
    if (keyPrefix !== null && !equalBytes(key.subarray(0, keyPrefix.byteLength), keyPrefix)) return false
    if (row.kind === 'other') return this.takesOthers && this.#isInCommits(row.columnFamilyName, key)
    if (tenant !== null && row.tenant !== tenant) return false
    const isNamed = row.kind === 'node' ? this.#takesLabels(row.before.labels) : this.#takesEdge(row)
    return isNamed && this.#isInCommits(row.kind === 'node' ? 'nodes' : 'edges', key)
  }

  #takesLabels(labels: readonly string[]): boolean {
    const { labels: wanted, edgeTypes } = this.#filter
    if (wanted.length === 0) return edgeTypes.length === 0
    return labels.some((label) => wanted.includes(label))
  }

  #takesEdge({ tenant, before }: LostEdge): boolean {
    const { labels, edgeTypes } = this.#filter
    if (edgeTypes.length > 0) return edgeTypes.includes(before.edgeType)
    if (labels.length === 0) return true
    return [before.source, before.target].some((id) =>
      this.#labelsOf(tenant, id).some((label) => labels.includes(label)),
    )
  }

  #isInCommits(columnFamilyName: string, key: Uint8Array): boolean {
    const { commits } = this.#filter
    if (commits === null) return true
    const columnFamilyId = this.#after.columnFamilies.find(({ name }) => name === columnFamilyName)?.id
    if (columnFamilyId === undefined) return false
    const { versions } = this.#after.history({ columnFamilyId, key, maxValueBytes: 0, limit: 1 })
    const sequence = versions[0]?.sequence
    return sequence !== undefined && sequence >= commits.fromSequence && sequence <= commits.toSequence
  }
}
