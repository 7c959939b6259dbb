import { describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { blockChecksum, checksumContext, checksumKinds } from '../../../../src-main/rocksdb/sst/checksum.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { verifyBlocks } from '../../../../src-main/rocksdb/sst/verify-blocks.ts'
import { expectedTables, fixtureBytes, readEntries } from './fixtures.ts'

const FOOTER_BYTES = 53
const FLIP_STRIDE = 11
/** padding and embedded blobs lie between their blocks */
const notCovered = ['superblock', 'embedded_blobs']

describe('the checksum of a block', () => {
  test('matches the published values of every kind', () => {
    const hello = Buffer.from('hello')
    const values = [0, 7].map((type) =>
      checksumKinds.map((kind) => blockChecksum(kind, new Uint8Array([...hello, type]), 0, 0).toString(16)),
    )
    expect(values).toEqual([
      ['0', '838fa897', '76c3f8e8', '2fec4e26', '5c62dcfd'],
      ['0', 'cb5dff03', '60b84af6', 'e49851e1', 'ac914612'],
    ])
  })

  test('depends on the place of the block from format version 6 on', () => {
    expect(checksumContext(0x12345678, 0x100000010).toString(16)).toBe('12345669')
    expect(checksumContext(0, 0x100000010)).toBe(0)
  })

  test('is the same for the short and the streaming hash', () => {
    const bytes = new Uint8Array(2049).map((_, index) => index * 31)
    const all = [2047, 2048, 2049].map((length) => blockChecksum('xxh3', bytes.subarray(0, length), 0, 0))
    const again = [2049, 2048, 2047].map((length) => blockChecksum('xxh3', bytes.subarray(0, length), 0, 0))
    expect(again.toReversed()).toEqual(all)
  })
})

describe('verifyBlocks', () => {
  const complete = expectedTables.filter(({ file }) => !notCovered.some((name) => file.includes(name)))

  test.each(complete)('$file: every byte but the footer belongs to a checked block', ({ file }) => {
    const bytes = fixtureBytes(file)
    expect(verifyBlocks(memorySource(file, bytes)).bytes).toBe(bytes.length - FOOTER_BYTES)
  })

  const checked = complete.filter(({ checksum }) => checksum !== 'none')

  test.each(checked)('$file: one flipped bit in any stretch of the file is found', ({ file, formatVersion }) => {
    const bytes = fixtureBytes(file)
    // the footer has a checksum of its own since format version 6
    const end = formatVersion < 6 ? bytes.length - FOOTER_BYTES : bytes.length
    const missed: number[] = []
    for (let at = 0; at < end; at += FLIP_STRIDE) {
      const flipped = bytes.slice()
      flipped[at]! ^= 1 << (at % 8)
      if (verifyBlocks(memorySource(file, flipped)).damageCount === 0) missed.push(at)
    }
    expect(missed).toEqual([])
  })

  test('a damaged data block is named once and does not hide the next one', () => {
    const file = 'sst/v11_fv7_xxh3.sst'
    const bytes = fixtureBytes(file)
    bytes[3]! ^= 1
    bytes[1000]! ^= 1
    const result = verifyBlocks(memorySource(file, bytes))
    expect(result.damageCount).toBe(2)
    expect(result.damages.map(({ structure, problem }) => ({ structure, problem }))).toEqual([
      { structure: 'data block', problem: 'xxh3 checksum mismatch' },
      { structure: 'data block', problem: 'xxh3 checksum mismatch' },
    ])
    expect(result.damages[0]).toMatchObject({ file, offsetBytes: 0 })
  })

  test('a file without checksums is not called verified', () => {
    const file = 'sst/v11_fv5_none.sst'
    const result = verifyBlocks(memorySource(file, fixtureBytes(file)))
    expect({ isVerifiable: result.isVerifiable, damages: result.damages }).toEqual({ isVerifiable: false, damages: [] })
  })

  test('the caller can stop it at every block', () => {
    const file = 'sst/v11_fv7_part.sst'
    let calls = 0
    const stop = () => {
      calls += 1
      if (calls === 3) throw new RangeError('stop')
    }
    expect(() => verifyBlocks(memorySource(file, fixtureBytes(file)), { checkpoint: stop })).toThrow(RangeError)
  })

  test('patched properties of an ingested file verify with the global sequence zeroed', () => {
    const file = 'sst/v11_ingested_write_global_seqno.sst'
    const bytes = fixtureBytes(file)
    const table = openTable(memorySource(file, bytes))
    const entries = readEntries(table)
    expect(verifyBlocks(memorySource(file, bytes)).damages).toEqual([])
    expect(table.globalSequence).toBeGreaterThan(0)
    expect(new Set(entries.map((entry) => entry.sequence))).toEqual(new Set([table.globalSequence]))
    expect(() => openTable(memorySource(file, bytes), { globalSequence: 999 })).toThrow(DamageError)
  })
})

describe('an iterator', () => {
  test('names file, offset, expected and found, then goes on behind the damaged block', () => {
    const file = 'sst/v11_fv7_crc32c.sst'
    const bytes = fixtureBytes(file)
    const intact = readEntries(openTable(memorySource(file, bytes)))
    bytes[700]! ^= 4
    const iterator = openTable(memorySource(file, bytes)).iterator()
    const keys: string[] = []
    const damages: unknown[] = []
    iterator.seekToFirst()
    while (iterator.valid) {
      keys.push(Buffer.from(iterator.userKey).toString())
      try {
        iterator.next()
      } catch (error) {
        if (!(error instanceof DamageError)) throw error
        damages.push(error.damage)
        iterator.next()
      }
    }
    expect(damages).toEqual([
      {
        file,
        offsetBytes: expect.any(Number),
        structure: 'data block',
        problem: 'crc32c checksum mismatch',
        expected: expect.stringMatching(/^0x[0-9a-f]{8}$/),
        found: expect.stringMatching(/^0x[0-9a-f]{8}$/),
      },
    ])
    expect(keys.length).toBeLessThan(100)
    expect(keys.at(-1)).toBe('key0000099')
    const intactKeys = intact.map((entry) => Buffer.from(entry.userKey).toString())
    expect(keys.filter((key) => !intactKeys.includes(key))).toEqual([])
  })

  test('gives an ingested file the sequence of the MANIFEST', () => {
    const file = 'sst/v11_ingested.sst'
    const table = openTable(memorySource(file, fixtureBytes(file)), { globalSequence: 77 })
    expect(readEntries(table).map((entry) => entry.sequence)).toEqual([77, 77])
  })

  test('leaves the sequences of other files alone', () => {
    const file = 'sst/v11_fv7_crc32c.sst'
    const table = openTable(memorySource(file, fixtureBytes(file)), { globalSequence: 77 })
    expect(readEntries(table)[4]?.sequence).toBe(5)
  })
})
