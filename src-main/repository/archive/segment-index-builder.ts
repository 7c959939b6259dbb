import { assert } from '#base/assert.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import { INDEX_CRC_BYTES, INDEX_HEADER_BYTES, INDEX_MAGIC, type SegmentFacts, timeKinds } from './segment-index.ts'

const FIRST_CAPACITY_BYTES = 64 * 1024
const VARINT_BYTES_MAX = 10
/** later times cannot be: the difference of two would be no safe integer as the index writes it (the year 2112) */
const INDEXED_TIME_US_MAX = 2 ** 52 - 1
/** of a commit besides its families, and of one family */
const COMMIT_BYTES_MAX = 8 * VARINT_BYTES_MAX
const FAMILY_BYTES_MAX = 4 * VARINT_BYTES_MAX

/** Collects the commits of a segment for its index, without memory for each but the bytes it will have there. */
export class SegmentIndexBuilder {
  commitCount = 0
  /** of the first and the last commit that has a time */
  firstTimeUs: number | null = null
  lastTimeUs: number | null = null
  #bytes = new Uint8Array(FIRST_CAPACITY_BYTES)
  #sizeBytes = 0
  readonly #familyIndexes = new Map<number, number>()
  #lastSequence: number
  #lastOffsetBytes = 0

  constructor(firstSequence: number) {
    this.#lastSequence = firstSequence
  }

  /** @param offsetBytes where its record starts in the segment */
  add(commit: Commit, offsetBytes: number): void {
    this.#makeRoom(COMMIT_BYTES_MAX + commit.families.length * FAMILY_BYTES_MAX)
    // with the write-prepared policy the numbers of merged commits are not exact, and may seem to go back
    const firstSequence = Math.max(commit.firstSequence, this.#lastSequence)
    const lastSequence = Math.max(commit.lastSequence, firstSequence - 1)
    this.#varint(firstSequence - this.#lastSequence)
    this.#varint(lastSequence + 1 - firstSequence)
    this.#varint(offsetBytes - this.#lastOffsetBytes)
    this.#time(commit)
    this.#varint(commit.sizeBytes)
    this.#varint(commit.families.length)
    for (const family of commit.families) {
      this.#varint(this.#familyIndex(family.columnFamilyId))
      this.#varint(family.puts + family.merges)
      this.#varint(family.deletes)
      this.#varint(family.rangeDeletes)
    }
    this.#lastSequence = lastSequence
    this.#lastOffsetBytes = offsetBytes
    this.commitCount += 1
  }

  /** The bytes of the index file. */
  encode(facts: SegmentFacts): Uint8Array {
    const families = [...this.#familyIndexes.keys()]
    const sizeMax = INDEX_HEADER_BYTES + 8 + families.length * VARINT_BYTES_MAX + this.#sizeBytes + INDEX_CRC_BYTES
    const file = Buffer.alloc(sizeMax)
    file.write(INDEX_MAGIC, 'latin1')
    file.writeBigUInt64LE(BigInt(facts.firstSequence), 8)
    file.writeBigUInt64LE(BigInt(facts.lastSequence), 16)
    file.writeBigUInt64LE(BigInt(facts.sizeBytes), 24)
    file.writeUInt32LE(facts.crc32c, 32)
    let at = file.writeUInt32LE(families.length, INDEX_HEADER_BYTES)
    for (const id of families) at = writeVarint(file, at, id)
    at = file.writeUInt32LE(this.commitCount, at)
    file.set(this.#bytes.subarray(0, this.#sizeBytes), at)
    at += this.#sizeBytes
    const end = file.writeUInt32LE(crc32c(file.subarray(0, at)), at)
    return file.subarray(0, end)
  }

  #time({ timeKind, committedAtUs, uncertaintyUs }: Commit): void {
    const isKnown = committedAtUs !== null && committedAtUs <= INDEXED_TIME_US_MAX
    this.#bytes[this.#sizeBytes] = isKnown ? timeKinds.indexOf(timeKind) : 0
    this.#sizeBytes += 1
    if (!isKnown) return
    const difference = committedAtUs - (this.lastTimeUs ?? 0)
    this.#varint(difference < 0 ? -2 * difference - 1 : 2 * difference)
    if (timeKind === 'arrival') this.#varint(uncertaintyUs ?? 0)
    this.firstTimeUs ??= committedAtUs
    this.lastTimeUs = committedAtUs
  }

  #familyIndex(columnFamilyId: number): number {
    const known = this.#familyIndexes.get(columnFamilyId)
    if (known !== undefined) return known
    const index = this.#familyIndexes.size
    this.#familyIndexes.set(columnFamilyId, index)
    return index
  }

  #varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'an index holds numbers that grow')
    this.#sizeBytes = writeVarint(this.#bytes, this.#sizeBytes, value)
  }

  #makeRoom(bytes: number): void {
    const wantedBytes = this.#sizeBytes + bytes
    if (wantedBytes <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(wantedBytes, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#sizeBytes))
    this.#bytes = larger
  }
}

/** Returns where the next byte goes. */
function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest >= 128) {
    target[at] = (rest % 128) + 128
    rest = Math.floor(rest / 128)
    at += 1
  }
  target[at] = rest
  return at + 1
}
