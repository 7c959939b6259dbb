import { memorySource } from '#base/memory-source.ts'
import { crc32c, maskCrc32c } from '../../../../src-main/rocksdb/crc32c.ts'
import { BLOCK_BYTES, HEADER_BYTES, hasLogNumber } from '../../../../src-main/rocksdb/log/record-type.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'
import { binaryMutations, inPlaceMutations, type Mutation } from '../../../support/fuzz/mutations.ts'
import { pick } from '../../../support/fuzz/random.ts'
import { logOf } from '../log-writer.ts'

const TYPE_AT = 6

/** Where the physical records of an undamaged log start and end. */
function physicalRecords(bytes: Uint8Array): { start: number; end: number }[] {
  const records: { start: number; end: number }[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  while (start + HEADER_BYTES <= bytes.length) {
    const left = BLOCK_BYTES - (start % BLOCK_BYTES)
    const headerBytes = hasLogNumber(bytes[start + TYPE_AT]!) ? HEADER_BYTES + 4 : HEADER_BYTES
    const end = start + headerBytes + view.getUint16(start + 4, true)
    if (left < HEADER_BYTES || end > start + left || end > bytes.length) start += left
    else {
      records.push({ start, end })
      start = end
    }
  }
  return records
}

const payloadsOf = new WeakMap<Uint8Array, { payloads: Uint8Array[]; logNumber: number | undefined }>()

/** The logical records of a log, and its number when they are recyclable. */
export function logicalRecords(bytes: Uint8Array): { payloads: Uint8Array[]; logNumber: number | undefined } {
  const known = payloadsOf.get(bytes)
  if (known !== undefined) return known
  const payloads: Uint8Array[] = []
  walkLog(
    memorySource('log', bytes),
    { logNumber: null },
    {
      record: (payload) => {
        payloads.push(new Uint8Array(payload))
      },
    },
  )
  const isRecyclable = bytes.length > HEADER_BYTES + 4 && hasLogNumber(bytes[TYPE_AT]!)
  const logNumber = isRecyclable ? Buffer.from(bytes).readUInt32LE(HEADER_BYTES) : undefined
  const records = { payloads, logNumber }
  payloadsOf.set(bytes, records)
  return records
}

/** Mutations behind the checksums of a write-ahead log or a MANIFEST. */
export const logRepairs: readonly Mutation[] = [
  {
    name: 'log record changed',
    kind: 'repairs',
    apply(bytes, random) {
      const records = physicalRecords(bytes)
      if (records.length === 0) return bytes
      const { start, end } = pick(records, random)
      // now and then the type, the log number or nothing but the payload
      const from = Math.min(end, start + pick([TYPE_AT, HEADER_BYTES, HEADER_BYTES, HEADER_BYTES + 12], random))
      const copy = Buffer.from(bytes)
      copy.set(pick(inPlaceMutations, random).apply(copy.subarray(from, end), random, bytes), from)
      copy.writeUInt32LE(maskCrc32c(crc32c(copy.subarray(start + TYPE_AT, end))), start)
      return new Uint8Array(copy)
    },
  },
  {
    name: 'log written again',
    kind: 'repairs',
    apply(bytes, random, other) {
      const { payloads, logNumber } = logicalRecords(bytes)
      if (payloads.length === 0) return bytes
      const others = logicalRecords(other).payloads
      const at = random(payloads.length)
      const payload = payloads[at]!
      const isSwap = random(8) === 0 && others.length > 0
      const foreign = others.length > 0 ? pick(others, random) : payload
      const changed = isSwap ? foreign : pick(binaryMutations, random).apply(payload, random, foreign)
      return new Uint8Array(logOf(payloads.with(at, changed), logNumber))
    },
  },
]
