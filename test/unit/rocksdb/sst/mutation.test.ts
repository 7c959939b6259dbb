import { expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { verifyBlocks } from '../../../../src-main/rocksdb/sst/verify-blocks.ts'
import { expectedTables, fixtureBytes, hashEntries, readEntries, readEntriesBackward } from './fixtures.ts'
import { bytesOf } from './table-writer.ts'

const SEED = 20260807
const CASES_PER_TABLE = 60
const CASE_TIME_MAX_MS = 2000

/** mulberry32 */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) % below
  }
}

function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = original.slice()
  switch (random(4)) {
    case 0:
      for (let count = 1 + random(4); count > 0; count -= 1) bytes[random(bytes.length)]! ^= 1 << random(8)
      return bytes
    case 1:
      return bytes.subarray(0, random(bytes.length))
    case 2: {
      // a varint or fixed length becomes as long as it can be
      const at = random(bytes.length)
      bytes.fill(0xff, at, at + 1 + random(9))
      return bytes
    }
    default: {
      const from = random(bytes.length)
      const length = 1 + random(64)
      bytes.copyWithin(random(bytes.length), from, from + length)
      return bytes
    }
  }
}

/** Everything a reader does; returns the hash of all entries, null for damage. */
function outcome(file: string, bytes: Uint8Array, verifyChecksums: boolean): string | null {
  try {
    verifyBlocks(memorySource(file, bytes))
    const table = openTable(memorySource(file, bytes), { verifyChecksums })
    table.rangeTombstones()
    table.iterator().seek(bytesOf('key0000050'))
    table.iterator().seekForPrev(bytesOf('key0000050'))
    const hash = hashEntries(readEntries(table))
    const isSame = hashEntries(readEntriesBackward(table).toReversed()) === hash
    return isSame ? hash : 'another hash backward'
  } catch (error) {
    if (error instanceof DamageError || error instanceof AppError) return null
    throw error
  }
}

test(`mutated tables give damage or the right answer (seed ${SEED})`, { timeout: 120_000 }, () => {
  const random = randomNumbers(SEED)
  let damagedCount = 0
  let slowestMs = 0
  for (const { file, checksum, sha256 } of expectedTables) {
    const original = fixtureBytes(file)
    for (let index = 0; index < CASES_PER_TABLE; index += 1) {
      const verifyChecksums = index % 2 === 0
      const bytes = mutate(original, random)
      const startedAt = performance.now()
      const hash = outcome(file, bytes, verifyChecksums)
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      if (hash === null) damagedCount += 1
      else if (verifyChecksums && checksum !== 'none') expect(hash, `${file} case ${index}`).toBe(sha256)
    }
  }
  expect(damagedCount).toBeGreaterThan(expectedTables.length * CASES_PER_TABLE * 0.4)
  expect(slowestMs).toBeLessThan(CASE_TIME_MAX_MS)
})
