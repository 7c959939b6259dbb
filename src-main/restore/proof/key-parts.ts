import type { ByteSource } from '#base/byte-source.ts'
import { walkLog } from '../../rocksdb/log/walk-log.ts'
import type { ColumnFamily } from '../../rocksdb/manifest/manifest-state.ts'
import { BatchCursor } from '../../rocksdb/wal/batch-cursor.ts'
import type { KeyFilter } from '../../rocksdb/wal/batch-replay.ts'
import type { WalFile } from '../../rocksdb/wal/wal-file.ts'
import { KeySample } from './key-sample.ts'

/** Keys from `from` up to but not including `to`; null for none. */
export type KeySpan = { readonly from: Uint8Array | null; readonly to: Uint8Array | null }

const BYTEWISE = 'leveldb.BytewiseComparator'

/**
 * The keys of all families, cut so that about the same number of operations in the logs falls to each part: views of one part
 * hold only that in memory. Families that are not in bytewise order are in the first part as a whole.
 */
export class KeyParts {
  readonly count: number
  /** by family: where the parts behind the first begin */
  readonly #bounds: ReadonlyMap<number, readonly Uint8Array[]>
  readonly #wholeIds: ReadonlySet<number>

  constructor(count: number, families: readonly ColumnFamily[], bounds: ReadonlyMap<number, readonly Uint8Array[]>) {
    this.count = count
    this.#bounds = bounds
    this.#wholeIds = new Set(
      families.filter(({ comparator }) => (comparator ?? BYTEWISE) !== BYTEWISE).map(({ id }) => id),
    )
  }

  /** What a part has of a family; null when that is nothing. */
  spanOf(columnFamilyId: number, part: number): KeySpan | null {
    const bounds = this.#wholeIds.has(columnFamilyId) ? [] : (this.#bounds.get(columnFamilyId) ?? [])
    if (part > bounds.length) return null
    return { from: bounds[part - 1] ?? null, to: bounds[part] ?? null }
  }

  /** Undefined: everything belongs to the part. */
  filterOf(part: number): KeyFilter | undefined {
    if (this.count === 1) return undefined
    const spans = new Map<number, KeySpan | null>()
    return (columnFamilyId, bytes, keyAt, keyEnd) => {
      let span = spans.get(columnFamilyId)
      if (span === undefined) {
        span = this.spanOf(columnFamilyId, part)
        spans.set(columnFamilyId, span)
      }
      return span !== null && isWithin(span, bytes, keyAt, keyEnd)
    }
  }
}

/** Reads the logs once, for where the keys lie that they write to. @throws AppError IO_FAILED */
export function keyPartsOf(
  logs: readonly WalFile[],
  families: readonly ColumnFamily[],
  partCount: number,
  checkpoint: () => void,
): KeyParts {
  if (partCount === 1) return new KeyParts(1, families, new Map())
  const samples = new Map<number, KeySample>()
  for (const log of logs) {
    const source = log.open()
    try {
      sampleKeys(source, log.logNumber, samples, checkpoint)
    } finally {
      source.close()
    }
  }
  return new KeyParts(
    partCount,
    families,
    new Map([...samples].map(([id, sample]) => [id, boundsOf(sample, partCount)])),
  )
}

function sampleKeys(
  source: ByteSource,
  logNumber: number | null,
  samples: Map<number, KeySample>,
  checkpoint: () => void,
): void {
  const cursor = new BatchCursor({ file: source.name, structure: 'write batch', offsetBytes: null })
  walkLog(
    source,
    { logNumber, checkpoint },
    {
      record(payload) {
        cursor.reset(payload, null)
        while (cursor.next()) {
          if (!cursor.isOperation) continue
          let sample = samples.get(cursor.columnFamilyId)
          if (sample === undefined) {
            sample = new KeySample()
            samples.set(cursor.columnFamilyId, sample)
          }
          if (sample.takesNext()) sample.add(payload.subarray(cursor.keyAt, cursor.keyEnd), '')
        }
      },
    },
  )
}

/** Keys at even distances among the sampled ones; fewer where they are the same. */
function boundsOf(sample: KeySample, partCount: number): Uint8Array[] {
  const keys = sample.keys.map(({ key }) => key).sort(Buffer.compare)
  const bounds: Uint8Array[] = []
  for (let part = 1; part < partCount; part += 1) {
    const key = keys[Math.floor((part * keys.length) / partCount)]
    const last = bounds.at(-1)
    if (key !== undefined && (last === undefined || Buffer.compare(last, key) < 0)) bounds.push(key)
  }
  return bounds
}

function isWithin({ from, to }: KeySpan, bytes: Uint8Array, keyAt: number, keyEnd: number): boolean {
  if (from !== null && compareAt(bytes, keyAt, keyEnd, from) < 0) return false
  return to === null || compareAt(bytes, keyAt, keyEnd, to) < 0
}

/** Bytewise, without a view of the key. */
function compareAt(bytes: Uint8Array, start: number, end: number, bound: Uint8Array): number {
  const sharedBytes = Math.min(end - start, bound.length)
  for (let index = 0; index < sharedBytes; index += 1) {
    const difference = (bytes[start + index] as number) - (bound[index] as number)
    if (difference !== 0) return difference
  }
  return end - start - bound.length
}
