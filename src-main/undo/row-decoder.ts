import { DamageError } from '#base/damage.ts'
import { chooseGeneration, type SampleRow } from '../samyama/generation.ts'
import type { RowKey } from '../samyama/keys.ts'
import { decodeStoredRow, type StoredEdge, type StoredNode } from '../samyama/rows.ts'
import type { Layout } from '../samyama/variants.ts'

/**
 * Reads rows of `nodes` and `edges` as the release that wrote them. What the samples leave open, the first row that they do
 * not explain decides.
 */
export class RowDecoder {
  readonly #samples: readonly SampleRow[]
  readonly #nowMs: number
  #layout: Layout | null

  /** @param samples the first rows of nodes and edges */
  constructor(samples: readonly SampleRow[], nowMs: number) {
    this.#samples = samples
    this.#nowMs = nowMs
    this.#layout = layoutOf(samples, nowMs)
  }

  /** Null for a value that is not what its key promises. */
  decode(rowKey: RowKey, key: Uint8Array, value: Uint8Array): StoredNode | StoredEdge | null {
    const row = this.#layout === null ? null : readOrNull(rowKey, value, this.#layout)
    if (row !== null || (this.#layout !== null && this.#layout !== 'any')) return row
    const layout = layoutOf([...this.#samples, { key: new Uint8Array(key), value: new Uint8Array(value) }], this.#nowMs)
    if (layout === null || layout === 'any') return layout === null ? null : readOrNull(rowKey, value, layout)
    this.#layout = layout
    return readOrNull(rowKey, value, layout)
  }
}

function layoutOf(samples: readonly SampleRow[], nowMs: number): Layout | null {
  const { generation } = chooseGeneration(samples, nowMs)
  return generation === 'none' ? null : generation
}

function readOrNull(rowKey: RowKey, value: Uint8Array, layout: Layout): StoredNode | StoredEdge | null {
  try {
    return decodeStoredRow(rowKey, value, layout)
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}
