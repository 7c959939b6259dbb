import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Damage, DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { openBlobFile } from '../../../../src-main/rocksdb/blob/blob-file.ts'
import { walkBlobRecords } from '../../../../src-main/rocksdb/blob/walk-blob-records.ts'
import { crc32c, maskCrc32c } from '../../../../src-main/rocksdb/crc32c.ts'
import { inPlaceMutations, type Mutation } from '../../../support/fuzz/mutations.ts'
import { pick } from '../../../support/fuzz/random.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { latin1 } from './entry-text.ts'
import { onlyFile } from './fixture-inputs.ts'

const RECORD_HEADER_BYTES = 32
const HEADER_CRC_AT = 24
const COMPRESSION_AT = 13

type Place = { readonly keyAt: number; readonly valueAt: number; readonly endAt: number }

/** The blob files below a folder; none without one. */
export function blobInputs(folder: string | null): Input[] {
  if (folder === null) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.blob'))
    .sort()
    .map((name) => ({ name, files: new Map([[name, new Uint8Array(readFileSync(join(folder, name)))]]) }))
}

const placesOf = new WeakMap<Uint8Array, Place[]>()

/** Where the records of an undamaged blob file lie. */
function recordPlaces(bytes: Uint8Array): Place[] {
  const known = placesOf.get(bytes)
  if (known !== undefined) return known
  const places: Place[] = []
  walkBlobRecords(memorySource('blob', bytes), (valueAt, keyBytes, valueBytes) => {
    places.push({ keyAt: valueAt - keyBytes, valueAt, endAt: valueAt + valueBytes })
  })
  placesOf.set(bytes, places)
  return places
}

/** Walks all records, and reads every value of the original by its place, as a blob index would. */
export function readBlobs(files: Files, input: Input): Answer {
  const [name, bytes] = onlyFile(files)
  const [, original] = onlyFile(input.files)
  const walk = walkBlobRecords(memorySource(name, bytes), () => {})
  const damages: Damage[] = [...walk.damages]
  const items: string[] = []
  const file = openBlobFile(memorySource(name, bytes))
  for (const { keyAt, valueAt, endAt } of recordPlaces(original)) {
    const key = original.subarray(keyAt, valueAt)
    const location = { offsetBytes: valueAt, sizeBytes: endAt - valueAt, compression: original[COMPRESSION_AT]! }
    for (const verifyChecksums of [true, false]) {
      try {
        const value = file.readValue(location, key, { verifyChecksums })
        if (verifyChecksums) items.push(`${latin1(key)}=${latin1(value)}`)
      } catch (error) {
        if (!(error instanceof DamageError)) throw error
        damages.push(error.damage)
      }
    }
  }
  file.close()
  return { items, damages }
}

/** Mutations behind the checksums of a blob file. */
export const blobRepairs: readonly Mutation[] = [
  {
    name: 'blob record changed',
    kind: 'repairs',
    apply(bytes, random) {
      const places = recordPlaces(bytes)
      if (places.length === 0) return bytes
      const { keyAt, valueAt, endAt } = pick(places, random)
      const start = keyAt - RECORD_HEADER_BYTES
      const copy = Buffer.from(bytes)
      const [from, to] = pick(
        [
          [start, start + HEADER_CRC_AT],
          [keyAt, endAt],
          [valueAt, Math.min(endAt, valueAt + 16)],
        ] as const,
        random,
      )
      copy.set(pick(inPlaceMutations, random).apply(copy.subarray(from, to), random, bytes), from)
      copy.writeUInt32LE(maskCrc32c(crc32c(copy.subarray(start, start + HEADER_CRC_AT))), start + HEADER_CRC_AT)
      copy.writeUInt32LE(maskCrc32c(crc32c(copy.subarray(keyAt, endAt))), start + HEADER_CRC_AT + 4)
      return new Uint8Array(copy)
    },
  },
]
