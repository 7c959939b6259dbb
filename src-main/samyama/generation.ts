import { DamageError } from '#base/damage.ts'
import { parseRowKey } from './keys.ts'
import { decodeStoredRow, type StoredEdge, type StoredNode } from './rows.ts'
import { isSaneRow } from './sanity.ts'
import { type Generation, isCommonType } from './variants.ts'

export type SampleRow = { readonly key: Uint8Array; readonly value: Uint8Array }

/** What sample rows tell about the release that wrote them. */
export type GenerationChoice = {
  /** 'any': all generations read these rows alike; 'none': no one generation explains them */
  readonly generation: Generation | 'any' | 'none'
  /** every generation that explains the rows, likeliest first: more than one is normal */
  readonly candidates: readonly Generation[]
  /** rows that fail in every generation: damaged, or not Samyama's; they decide nothing */
  readonly undecodableRows: number
}

/** The likeliest first, as releases are in use. */
const GENERATIONS: readonly Generation[] = ['A1', 'B', 'A0']

/**
 * Chooses the generation in which every row decodes to its last byte and is sane. Where several do and the rows
 * use variants whose meaning differs, the likeliest is chosen and `candidates` names the others. No rows: 'none'.
 * Follows docs/formats/samyama.md §1.7.
 */
export function chooseGeneration(rows: readonly SampleRow[], nowMs: number): GenerationChoice {
  let candidates = GENERATIONS
  let undecodableRows = 0
  let isCommonOnly = true
  for (const sample of rows) {
    const readings = readInEvery(sample, nowMs)
    if (readings.size === 0) {
      undecodableRows += 1
      continue
    }
    candidates = candidates.filter((generation) => readings.has(generation))
    isCommonOnly &&= [...readings.values()].every(hasCommonTypesOnly)
  }
  const [likeliest] = candidates
  if (likeliest === undefined || undecodableRows === rows.length) {
    return { generation: 'none', candidates: [], undecodableRows }
  }
  return { generation: isCommonOnly ? 'any' : likeliest, candidates, undecodableRows }
}

type Row = StoredNode | StoredEdge

function readInEvery(sample: SampleRow, nowMs: number): Map<Generation, Row> {
  const readings = new Map<Generation, Row>()
  for (const generation of GENERATIONS) {
    const row = readOrNull(sample, generation)
    if (row !== null && isSaneRow(row, nowMs)) readings.set(generation, row)
  }
  return readings
}

function readOrNull(sample: SampleRow, generation: Generation): Row | null {
  const key = parseRowKey(sample.key)
  if (key === null) return null
  try {
    return decodeStoredRow(key, sample.value, generation)
  } catch (error) {
    if (error instanceof DamageError) return null
    throw error
  }
}

function hasCommonTypesOnly(row: Row): boolean {
  return row.properties.every((property) => isCommonType(property.value.type))
}
