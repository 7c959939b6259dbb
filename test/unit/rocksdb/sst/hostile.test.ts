import { describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { memorySource } from '#base/memory-source.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { verifyBlocks } from '../../../../src-main/rocksdb/sst/verify-blocks.ts'
import { fixtureBytes, readEntries } from './fixtures.ts'
import {
  bytesOf,
  concat,
  fixed32,
  type Handle,
  handleValue,
  internalKey,
  plainBlock,
  plainProperties,
  type RawBlock,
  type TableParts,
  varint,
  writeTable,
} from './table-writer.ts'

const FOOTER_BYTES = 53
const good = plainBlock([[internalKey('a'), bytesOf('1')]])

function damageOf(bytes: Uint8Array): string {
  try {
    readEntries(openTable(memorySource('x.sst', bytes)))
  } catch (error) {
    if (error instanceof DamageError) return `${error.damage.structure}: ${error.damage.problem}`
    throw error
  }
  return 'no damage'
}

function damageOfBlock(contents: Uint8Array, type = 0): string {
  return damageOf(writeTable({ dataBlocks: [{ contents, type }] }))
}

function damageOfIndex(index: (handles: readonly Handle[]) => RawBlock, parts?: Partial<TableParts>): string {
  return damageOf(writeTable({ dataBlocks: [{ contents: good }, { contents: good }], index, ...parts }))
}

function properties(changes: Readonly<Record<string, Uint8Array>>): ReadonlyMap<string, Uint8Array> {
  const all = { ...Object.fromEntries(plainProperties), ...changes }
  return new Map(Object.entries(all).sort(([left], [right]) => (left < right ? -1 : 1)))
}

const deltaProperties = properties({
  'rocksdb.index.key.is.user.key': concat([1]),
  'rocksdb.index.value.is.delta.encoded': concat([1]),
})

describe('a footer', () => {
  const bytes = fixtureBytes('sst/v11_fv7_crc32c.sst')
  const footerAt = bytes.length - FOOTER_BYTES
  const withFooter = (at: number, values: readonly number[], file = bytes) => {
    const changed = file.slice()
    changed.set(values, file.length - FOOTER_BYTES + at)
    return damageOf(changed)
  }

  test('that is cut or missing is named', () => {
    expect(damageOf(new Uint8Array(0))).toBe('footer: file is shorter than a footer')
    expect(damageOf(bytes.subarray(footerAt + 1))).toBe('footer: file is shorter than a footer')
    expect(damageOf(bytes.subarray(0, footerAt + 40))).toBe('footer: magic number of a block-based table is missing')
  })

  test.each([
    ['footer: unsupported table kind', 45, [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]],
    ['footer: unsupported table kind', 45, [0x64, 0x95, 0xbf, 0x63, 0x96, 0x22, 0x42, 0x82]],
    ['footer: unsupported table kind', 45, [0xb8, 0x13, 0x8f, 0x7a, 0xeb, 0x18, 0x34, 0x4f]],
    ['footer: unsupported table kind', 45, [0x73, 0x78, 0xf1, 0xc5, 0xd0, 0x89, 0x67, 0x92]],
    ['footer: format version cannot be read', 41, [1, 0, 0, 0]],
    ['footer: format version cannot be read', 41, [8, 0, 0, 0]],
    ['footer: unknown checksum type', 0, [5]],
    ['footer: extended magic is wrong', 1, [0]],
    ['footer: base of the context checksums is 0', 9, [0, 0, 0, 0]],
    ['footer: checksum mismatch', 13, [0xff, 0xff, 0xff, 0x7f]],
    ['footer: checksum mismatch', 40, [1]],
  ])('is refused: %s at byte %i', (damage, at, values) => {
    expect(withFooter(at, values)).toBe(damage)
  })

  test('of older versions has handles inside the file and zero padding', () => {
    const older = fixtureBytes('sst/v11_fv5_crc32c.sst')
    expect(withFooter(1, [0xff, 0xff, 0xff, 0x7f], older)).toBe('footer: handle goes past the footer')
    expect(withFooter(1, Array(10).fill(0xff), older)).toMatch(/^footer: varint/)
    expect(withFooter(40, [1], older)).toBe('footer: padding after the handles is not zero')
    const biggest = concat(varint(Number.MAX_SAFE_INTEGER), varint(Number.MAX_SAFE_INTEGER))
    expect(withFooter(1, [...biggest], older)).toBe('footer: handle goes past the footer')
  })
})

describe('an index', () => {
  const entry = (handle: Handle, key = 'k') => [internalKey(key), handleValue(handle)] as const

  test.each<[string, (handles: readonly Handle[]) => RawBlock]>([
    ['handle goes past its part of the file', () => ({ contents: plainBlock([entry({ offset: 1e6, size: 5 })]) })],
    [
      'handle goes past its part of the file',
      () => ({ contents: plainBlock([entry({ offset: 2 ** 53 - 1, size: 9 })]) }),
    ],
    ['block size is impossible', () => ({ contents: plainBlock([entry({ offset: 0, size: 2 ** 40 })]) })],
    ['blocks are not ascending', ([one]) => ({ contents: plainBlock([entry(one!, 'a'), entry(one!, 'b')]) })],
    ['blocks are not ascending', ([one, two]) => ({ contents: plainBlock([entry(two!, 'a'), entry(one!, 'b')]) })],
    [
      'index value has the wrong length',
      ([one]) => ({
        contents: plainBlock([[internalKey('k'), concat(handleValue(one!), [0])]]),
      }),
    ],
    ['internal key is too short', ([one]) => ({ contents: plainBlock([[bytesOf('k'), handleValue(one!)]]) })],
    [
      'index block has the layout of a data block',
      () => ({
        contents: concat(fixed32(0), fixed32(0), fixed32(0x1000_0001)),
      }),
    ],
  ])('is refused: %s', (problem, index) => {
    expect(damageOfIndex(index)).toBe(`index block: ${problem}`)
  })

  test('that points at itself or at a meta block is refused', () => {
    const pointing = (offset: number) => damageOfIndex(() => ({ contents: plainBlock([entry({ offset, size: 20 })]) }))
    const dataEnd = 2 * (good.length + 5)
    for (let offset = dataEnd - 20; offset < dataEnd + 200; offset += 1) {
      expect(pointing(offset)).toBe('index block: handle goes past its part of the file')
    }
  })

  test('whose delta makes a size negative is refused', () => {
    const index = ([one]: readonly Handle[]) => {
      const first = concat([0, 1], bytesOf('a'), handleValue(one!))
      const second = concat([1, 1], bytesOf('b'), varint(2 * one!.size + 1))
      return { contents: concat(first, second, fixed32(0), fixed32(1)) }
    }
    expect(damageOfIndex(index, { properties: deltaProperties })).toBe('index block: block size is impossible')
  })

  test('whose delta reaches over the data is refused', () => {
    const index = ([one]: readonly Handle[]) => {
      const first = concat([0, 1], bytesOf('a'), handleValue(one!))
      const second = concat([1, 1], bytesOf('b'), varint(2_000_000))
      return { contents: concat(first, second, fixed32(0), fixed32(1)) }
    }
    expect(damageOfIndex(index, { properties: deltaProperties })).toBe(
      'index block: handle goes past its part of the file',
    )
  })

  test('whose restarts lead anywhere gives damage or an entry of the table, and comes to an end', () => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    const blocks = keys.map((key) => ({ contents: plainBlock([[internalKey(key), bytesOf(key)]]) }))
    const outcomes = new Set<string>()
    for (const restart of [...Array(140).keys(), 0x7fff_ffff, 0xffff_ffff]) {
      const index = (handles: readonly Handle[]) => {
        const contents = plainBlock(handles.map((handle, order) => entry(handle, keys[order])))
        contents.set(fixed32(restart), contents.length - 4 - 3 * 4)
        contents.set(fixed32(restart), contents.length - 4 - 2 * 4)
        return { contents }
      }
      const bytes = writeTable({ dataBlocks: blocks, index })
      for (const key of keys) {
        for (const move of ['seek', 'seekForPrev'] as const) {
          const iterator = openTable(memorySource('x.sst', bytes)).iterator()
          try {
            iterator[move](bytesOf(key))
            outcomes.add(iterator.valid ? Buffer.from(iterator.userKey).toString() : 'end')
            while (iterator.valid) iterator.prev()
          } catch (error) {
            if (!(error instanceof DamageError)) throw error
            outcomes.add('damage')
          }
        }
      }
      expect(damageOf(bytes)).toBe('no damage')
    }
    expect([...outcomes].filter((outcome) => !keys.includes(outcome)).sort()).toEqual(['damage'])
  })

  test('partitions never point back at the top level', () => {
    const twoLevel = properties({ 'rocksdb.block.based.table.index.type': concat(fixed32(2)) })
    const parts = (partition: (handles: readonly Handle[]) => Handle): TableParts => ({
      dataBlocks: [{ contents: good }, { contents: plainBlock([entry({ offset: 0, size: good.length })]) }],
      index: (handles) => ({ contents: plainBlock([entry(partition(handles))]) }),
      properties: twoLevel,
    })
    expect(damageOf(writeTable(parts(([, second]) => second!)))).toBe('no damage')
    const top = writeTable(parts(([, second]) => second!)).length
    for (const offset of [top - FOOTER_BYTES - 60, top - FOOTER_BYTES - 30]) {
      expect(damageOf(writeTable(parts(() => ({ offset, size: 20 }))))).toBe(
        'index block: handle goes past its part of the file',
      )
    }
  })

  test('a partition that is named twice is refused', () => {
    const bytes = writeTable({
      dataBlocks: [{ contents: good }, { contents: plainBlock([entry({ offset: 0, size: good.length })]) }],
      index: ([, second]) => ({ contents: plainBlock([entry(second!, 'a'), entry(second!, 'b')]) }),
      properties: properties({ 'rocksdb.block.based.table.index.type': concat(fixed32(2)) }),
    })
    expect(damageOf(bytes)).toBe('index block: blocks are not ascending')
    expect(verifyBlocks(memorySource('x.sst', bytes)).damages.map((damage) => damage.problem)).toEqual([
      'blocks are not ascending',
    ])
  })
})

describe('a data block', () => {
  const oneEntry = concat([0, 9, 1], internalKey('a'), bytesOf('1'))
  const tail = concat(fixed32(0), fixed32(1))

  test.each<[string, Uint8Array]>([
    ['block is too short', concat([1, 2, 3])],
    ['restart array is larger than the block', concat(oneEntry, fixed32(0), fixed32(0x0fff_ffff))],
    ['restart array is larger than the block', concat(fixed32(1))],
    ['reserved bit of the block footer is set', concat(oneEntry, fixed32(0), fixed32(0x4000_0001))],
    ['block with entries has no restart array', concat(oneEntry, fixed32(0))],
    ['first restart is not at the start', concat(oneEntry, fixed32(1), fixed32(1))],
    ['restart offsets are not ascending', concat(oneEntry, fixed32(0), fixed32(0), fixed32(2))],
    ['restart is outside the entries', concat(oneEntry, fixed32(0), fixed32(99), fixed32(2))],
    ['hash index is larger than the block', concat([255, 255], fixed32(0x8000_0001))],
    ['block is too short for its hash index', concat(fixed32(0x8000_0001))],
    ['values offset is outside the block', concat(oneEntry, fixed32(0), fixed32(99), fixed32(0x1000_0001))],
    ['block is too short for its values offset', concat(fixed32(0x1000_0001))],
    ['entry at byte 0 of the block does not fit', concat([1, 9, 1], internalKey('a'), bytesOf('1'), tail)],
    ['entry at byte 0 of the block does not fit', concat([0, 9, 2], internalKey('a'), bytesOf('1'), tail)],
    ['entry at byte 0 of the block does not fit', concat([0, 99, 1], internalKey('a'), bytesOf('1'), tail)],
    ['entry at byte 0 of the block does not fit', concat([0xff, 0xff, 0xff, 0xff, 0xff, 1, 1], tail)],
    ['entry at byte 0 of the block does not fit', concat([0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0], tail)],
    ['entry at byte 0 of the block does not fit', concat([0, 0], tail)],
    ['internal key is too short', plainBlock([[bytesOf('short'), bytesOf('1')]])],
    ['value type is unknown', plainBlock([[internalKey('a', 1, 15), bytesOf('1')]])],
    ['value type is unknown', plainBlock([[internalKey('a', 1, 200), bytesOf('1')]])],
    ['sequence is too large', plainBlock([[concat(bytesOf('a'), [1, 0, 0, 0, 0, 0, 0, 255]), bytesOf('1')]])],
  ])('is refused: %s', (problem, contents) => {
    expect(damageOfBlock(contents)).toBe(`data block: ${problem}`)
  })

  test('with separated values whose offset leaves the block is refused', () => {
    const block = (offset: number) => {
      const keys = concat([0, 9, 1, offset], internalKey('a'))
      return concat(keys, bytesOf('v'), fixed32(0), fixed32(keys.length), fixed32(0x1000_0001))
    }
    expect(damageOfBlock(block(0))).toBe('no damage')
    expect(damageOfBlock(block(1))).toBe('data block: entry at byte 0 of the block does not fit')
  })

  test('whose keys grow by sharing everything takes time and memory in its own measure', () => {
    const parts: Uint8Array[] = [concat([0, 9, 0], internalKey('a'))]
    for (let length = 9; length < 20_000; length += 9) {
      parts.push(concat(varint(length), [9, 0], internalKey('a')))
    }
    const bytes = writeTable({ dataBlocks: [{ contents: concat(...parts, fixed32(0), fixed32(1)) }] })
    const iterator = openTable(memorySource('x.sst', bytes)).iterator()
    let longest = 0
    for (iterator.seekToFirst(); iterator.valid; iterator.next()) longest = iterator.userKey.length
    expect(longest).toBe(20_007 - 8)
  })

  test('with a restart entry that shares a prefix is refused by seek', () => {
    const entries = concat([0, 9, 0], internalKey('a'), [1, 8, 0], internalKey('b').subarray(1))
    const bytes = writeTable({
      dataBlocks: [{ contents: concat(entries, fixed32(0), fixed32(12), fixed32(2)) }],
    })
    const iterator = openTable(memorySource('x.sst', bytes)).iterator()
    expect(() => iterator.seek(bytesOf('a'))).toThrow(DamageError)
  })
})

describe('meta blocks', () => {
  test('unsorted, repeated or incomplete properties are refused, malformed optional ones are not', () => {
    const withProperties = (map: ReadonlyMap<string, Uint8Array>) =>
      damageOf(writeTable({ dataBlocks: [{ contents: good }], properties: map }))
    const unsorted = new Map([...plainProperties].reverse())
    expect(withProperties(unsorted)).toBe('properties block: names are not ascending')
    expect(withProperties(new Map())).toBe('properties block: index type is missing or unknown')
    const wrongType = properties({ 'rocksdb.block.based.table.index.type': concat(fixed32(4)) })
    expect(withProperties(wrongType)).toBe('properties block: index type is missing or unknown')
    expect(withProperties(properties({ 'rocksdb.num.entries': concat(Array(11).fill(0xff)) }))).toBe('no damage')
    const otherVersion = properties({ 'rocksdb.format.version': concat([4]) })
    expect(withProperties(otherVersion)).toBe('properties block: format version differs from the footer')
  })

  test('an empty dictionary is refused', () => {
    const metaBlocks = new Map([['rocksdb.compression_dict', { contents: new Uint8Array(0) }]])
    expect(damageOf(writeTable({ dataBlocks: [{ contents: good }], metaBlocks }))).toBe(
      'compression dictionary: dictionary is empty',
    )
  })

  test('range deletions of another value type or with short keys are refused', () => {
    const damageOfRange = (key: Uint8Array) => {
      const metaBlocks = new Map([['rocksdb.range_del', { contents: plainBlock([[key, bytesOf('z')]]) }]])
      const table = openTable(memorySource('x.sst', writeTable({ dataBlocks: [{ contents: good }], metaBlocks })))
      try {
        return table.rangeTombstones()
      } catch (error) {
        if (error instanceof DamageError) return error.damage.problem
        throw error
      }
    }
    expect(damageOfRange(internalKey('a', 7, 15))).toEqual([{ begin: bytesOf('a'), end: bytesOf('z'), sequence: 7 }])
    expect(damageOfRange(internalKey('a', 7, 1))).toBe('value type is wrong')
    expect(damageOfRange(bytesOf('a'))).toBe('internal key is too short')
  })

  test('a table of nothing but range deletions has no entries', () => {
    const bytes = writeTable({ dataBlocks: [], index: () => ({ contents: plainBlock([]) }) })
    const table = openTable(memorySource('x.sst', bytes))
    expect({ entries: readEntries(table), first: table.firstKey(), last: table.lastKey() }).toEqual({
      entries: [],
      first: null,
      last: null,
    })
  })
})

test('a decompression bomb in a data block is refused before memory is taken', () => {
  for (const type of [1, 2, 3, 4, 5, 7]) {
    const bomb = concat(varint(2 ** 40), new Uint8Array(16))
    expect(damageOfBlock(bomb, type)).toBe('data block: decompressed size is too large')
  }
})

describe('a flood of small entries', () => {
  /** Entries of ascending four-byte keys, each with what follows the number and a value of one byte. */
  const flood = (count: number, keyEnd: readonly number[] = []) => {
    const entryBytes = 3 + 4 + keyEnd.length + 1
    const bytes = Buffer.alloc(count * entryBytes + 8)
    for (let index = 0; index < count; index += 1) {
      const at = index * entryBytes
      bytes.set([0, 4 + keyEnd.length, 1], at)
      bytes.writeUInt32BE(index, at + 3)
      bytes.set([...keyEnd, 0xff], at + 7)
    }
    bytes[bytes.length - 4] = 1
    return bytes
  }
  const tombstone = [0x0f, 1, 0, 0, 0, 0, 0, 0]
  const table = (name: string, contents: Uint8Array) =>
    writeTable({ dataBlocks: [{ contents: good }], metaBlocks: new Map([[name, { contents }]]) })

  test('of range deletions is refused before it takes the memory', () => {
    const read = (count: number) =>
      openTable(memorySource('x.sst', table('rocksdb.range_del', flood(count, tombstone)))).rangeTombstones().length
    expect(read(limits.rangeTombstonesMax)).toBe(limits.rangeTombstonesMax)
    expect(() => read(limits.rangeTombstonesMax + 1)).toThrow('range deletion block: too many range deletions')
  })

  test('of names is refused in a metaindex and in the properties', () => {
    const names = Array.from(
      { length: limits.metaBlockEntriesMax + 1 },
      (_, index) => `n${String(index).padStart(6, '0')}`,
    )
    const many = new Map(names.map((name) => [name, { contents: concat() }]))
    expect(damageOf(writeTable({ dataBlocks: [{ contents: good }], metaBlocks: many }))).toBe(
      'metaindex: too many names',
    )
    const properties = new Map([...names.map((name) => [name, bytesOf('')] as const), ...plainProperties])
    expect(damageOf(writeTable({ dataBlocks: [{ contents: good }], properties }))).toBe(
      'properties block: too many names',
    )
  })

  test('cannot make a dictionary or the properties larger than such blocks are', () => {
    const large = new Uint8Array(limits.metaBlockBytesMax + 1)
    expect(damageOf(table('rocksdb.compression_dict', large))).toBe('compression dictionary: block is too large')
    const properties = new Map([...plainProperties, ['x', large]])
    expect(damageOf(writeTable({ dataBlocks: [{ contents: good }], properties }))).toBe(
      'properties block: block is too large',
    )
  })
})
