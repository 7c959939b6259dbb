import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { parseBackupMeta } from '../../../src-main/rocksdb/backup-meta.ts'
import { crc32c, maskCrc32c } from '../../../src-main/rocksdb/crc32c.ts'
import { readManifest } from '../../../src-main/rocksdb/manifest/read-manifest.ts'
import { loadWal } from '../../../src-main/rocksdb/wal/load-wal.ts'
import { fixtureBytes, fixtureNames, seededRandom } from './fixtures.ts'

const SEED = 20_260_801
const CASES_A_FILE = 60
const SLOW_MS = 3000

const wals = ['wal', 'db_two_cf_crashed', 'backup_v2_api'].flatMap((directory) =>
  fixtureNames(directory)
    .filter((name) => name.endsWith('.log') && !name.endsWith('3/000011.log'))
    .map((name) => `${directory}/${name}`),
)
const manifests = ['backup_v1', 'db_two_cf_crashed', 'manifest'].flatMap((directory) =>
  fixtureNames(directory)
    .filter((name) => directory === 'manifest' || name.includes('MANIFEST-'))
    .map((name) => `${directory}/${name}`),
)
const metas = ['backup_v1', 'backup_v2_api'].flatMap((directory) => [1, 2, 3].map((id) => `${directory}/meta/${id}`))

/** Flips bits, overwrites, cuts, repeats or removes a piece. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = new Uint8Array(original)
  for (let change = 0; change <= random(3); change += 1) {
    const at = random(bytes.length)
    const length = 1 + random(16)
    switch (random(6)) {
      case 0:
        bytes[at]! ^= 1 << random(8)
        break
      case 1:
        bytes[at] = [0, 0xff, 0x7f, 0x80, random(256)][random(5)]!
        break
      case 2:
        return bytes.subarray(0, at)
      case 3:
        bytes.copyWithin(at, random(bytes.length), random(bytes.length))
        break
      case 4:
        bytes.fill(0, at, at + length)
        break
      default:
        return new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]))
    }
  }
  return bytes
}

/** Makes the checksums of legacy records right again, so that mutations reach the decoders behind them. */
function repairChecksums(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes)
  for (let at = 0; at + 7 <= buffer.length; ) {
    const end = at + 7 + buffer.readUInt16LE(at + 4)
    if (end > buffer.length || end > 32768) break
    buffer.writeUInt32LE(maskCrc32c(crc32c(buffer.subarray(at + 6, end))), at)
    at = end
  }
  return new Uint8Array(buffer)
}

/** Runs the reader over mutations of a file: only damage and errors with a code may come out, and soon. */
function attack(
  name: string,
  salt: number,
  read: (bytes: Uint8Array) => unknown,
): { outcomes: Set<string>; slowestMs: number } {
  const random = seededRandom(SEED + salt)
  const original = fixtureBytes(name)
  const outcomes = new Set<string>()
  let slowestMs = 0
  for (let index = 0; index < CASES_A_FILE; index += 1) {
    const mutated = mutate(original, random)
    const startedAt = performance.now()
    try {
      read(index % 2 === 0 ? mutated : repairChecksums(mutated))
      outcomes.add('read')
    } catch (error) {
      const isExpected = error instanceof Error && (error.name === 'DamageError' || error.name === 'AppError')
      if (!isExpected) throw new Error(`seed ${SEED + salt}, case ${index} of ${name}`, { cause: error })
      outcomes.add(error.name)
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
  }
  return { outcomes, slowestMs }
}

describe(`mutated files (seed ${SEED})`, () => {
  test.each(wals.map((name, index) => [name, index] as const))(
    'of the log %s never break the reader',
    (name, index) => {
      const logNumber = Number(/(\d{6})\.log$/.exec(name)?.[1] ?? 1)
      const { outcomes, slowestMs } = attack(name, index, (bytes) => {
        const file = { logNumber, open: () => memorySource(name, bytes) }
        const wal = loadWal([file], {
          flushedSequence: 0,
          trackedLogs: [],
          logNumberOf: () => 0,
          maxBytes: 64 * 1024 * 1024,
        })
        for (const run of wal.runs.values()) {
          const cursor = run.iterator()
          for (cursor.seekToFirst(); cursor.valid; cursor.next()) expect(cursor.value.length).toBeGreaterThanOrEqual(0)
        }
      })
      // logs report through their result: nothing is thrown for their content
      expect(outcomes).toEqual(new Set(['read']))
      expect(slowestMs).toBeLessThan(SLOW_MS)
    },
  )

  test.each(manifests.map((name, index) => [name, index] as const))('of %s never break the reader', (name, index) => {
    const { outcomes, slowestMs } = attack(name, 100 + index, (bytes) => readManifest(memorySource(name, bytes)))
    expect(outcomes).toEqual(new Set(['read']))
    expect(slowestMs).toBeLessThan(SLOW_MS)
  })

  test.each(metas.map((name, index) => [name, index] as const))('of %s are refused or read', (name, index) => {
    const { outcomes, slowestMs } = attack(name, 200 + index, (bytes) => parseBackupMeta(bytes, (index % 3) + 1, name))
    expect(outcomes.has('DamageError')).toBe(true)
    expect(slowestMs).toBeLessThan(SLOW_MS)
  })

  test('are never taken for the original when a log record changed', () => {
    const name = 'db_two_cf_crashed/000004.log'
    const original = fixtureBytes(name)
    const keys = (bytes: Uint8Array) => {
      const wal = loadWal([{ logNumber: 4, open: () => memorySource(name, bytes) }], {
        flushedSequence: 0,
        trackedLogs: [],
        logNumberOf: () => 0,
        maxBytes: 2 ** 20,
      })
      return { sequence: wal.lastSequence, isQuiet: wal.damages.length === 0 }
    }
    expect(keys(original)).toEqual({ sequence: 20, isQuiet: true })
    for (let at = 0; at < original.length; at += 1) {
      const flipped = new Uint8Array(original)
      flipped[at]! ^= 1 << (at % 8)
      expect([at, keys(flipped).sequence === 20]).toEqual([at, false])
    }
  })
})
