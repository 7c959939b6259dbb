import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { BlockCache } from '../../../../src-main/rocksdb/sst/block-cache.ts'
import { openTable, type Table } from '../../../../src-main/rocksdb/sst/table.ts'
import {
  copyEntry,
  type Entry,
  entryLabel,
  expectedTables,
  fixtureBytes,
  readEntries,
  readEntriesBackward,
} from './fixtures.ts'
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
  varint,
  writeTable,
} from './table-writer.ts'

const SEED = 20261124

function fixtureTable(file: string, cache?: BlockCache): Table {
  return openTable(memorySource(file, fixtureBytes(file)), { cache })
}

describe('a walk back', () => {
  test.each(expectedTables)('$file: is the walk forward turned around', ({ file }) => {
    const table = fixtureTable(file)
    expect(readEntriesBackward(table)).toEqual(readEntries(table).toReversed())
  })

  test.each(expectedTables)(`$file: moves like a place in the list of its entries (seed ${SEED})`, ({ file }) => {
    const table = fixtureTable(file, new BlockCache(1024 * 1024))
    const entries = readEntries(table)
    const compare = (entry: Entry, key: Uint8Array) =>
      table.comparator?.compare(entry.userKey, entry.userKey.length, key) ?? 0
    const keyArbitrary = fc
      .tuple(
        fc.nat(entries.length - 1),
        fc.constantFrom('same', 'longer', 'shorter', 'other'),
        fc.uint8Array({ maxLength: 12 }),
      )
      .map(([index, kind, other]) => {
        const key = entries[index]!.userKey
        if (kind === 'longer') return concat(key, other)
        if (kind === 'shorter') return key.slice(0, -1)
        return kind === 'same' ? key : other
      })
    const moveArbitrary = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('next', 'prev') },
      { weight: 1, arbitrary: fc.constantFrom('seekToFirst', 'seekToLast') },
      { weight: 2, arbitrary: fc.tuple(fc.constantFrom('seek', 'seekForPrev'), keyArbitrary) },
      { weight: 2, arbitrary: fc.tuple(fc.constantFrom('run', 'runBack'), fc.integer({ min: 2, max: 60 })) },
    )
    const movesArbitrary = fc.array(moveArbitrary, { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(movesArbitrary, (moves) => {
        const iterator = table.iterator()
        let place = -1
        const step = (by: 1 | -1) => {
          if (entries[place] === undefined) return
          place += by
          if (by === 1) iterator.next()
          else iterator.prev()
        }
        for (const move of moves) {
          const [name, argument] = typeof move === 'string' ? [move, null] : move
          if (name === 'next') step(1)
          else if (name === 'prev') step(-1)
          else if (name === 'seekToFirst') {
            place = 0
            iterator.seekToFirst()
          } else if (name === 'seekToLast') {
            place = entries.length - 1
            iterator.seekToLast()
          } else if (typeof argument === 'number') {
            for (let count = 0; count < argument; count += 1) step(name === 'run' ? 1 : -1)
          } else if (argument !== null && table.comparator !== null) {
            place =
              name === 'seek'
                ? entries.findIndex((entry) => compare(entry, argument) >= 0)
                : entries.findLastIndex((entry) => compare(entry, argument) <= 0)
            if (name === 'seek') iterator.seek(argument)
            else iterator.seekForPrev(argument)
          }
          expect(iterator.valid ? copyEntry(iterator) : undefined).toEqual(entries[place])
        }
      }),
      { seed: SEED, numRuns: 40 },
    )
  })

  test('goes from the oldest version of a key to the newest, over blocks', () => {
    const version = (sequence: number) => [internalKey('k', sequence), bytesOf(`v${sequence}`)] as const
    const table = openTable(
      memorySource(
        'versions.sst',
        writeTable({
          dataBlocks: [
            { contents: plainBlock([[internalKey('a', 9), bytesOf('')], version(8), version(7)]) },
            { contents: plainBlock([version(6), version(5)]) },
            { contents: plainBlock([[internalKey('z', 4), bytesOf('')]]) },
          ],
          index: ([first, second, third]) => ({
            contents: plainBlock([
              [internalKey('k', 7), handleValue(first!)],
              [internalKey('k', 5), handleValue(second!)],
              [internalKey('z', 4), handleValue(third!)],
            ]),
          }),
        }),
      ),
    )
    const iterator = table.iterator()
    const walkFrom = (key: string) => {
      const labels: string[] = []
      for (iterator.seekForPrev(bytesOf(key)); iterator.valid; iterator.prev()) labels.push(entryLabel(iterator))
      return labels
    }
    const versions = ['k@5:1', 'k@6:1', 'k@7:1', 'k@8:1', 'a@9:1']
    expect([walkFrom('k'), walkFrom('y'), walkFrom('zz'), walkFrom('j'), walkFrom('A')]).toEqual([
      versions,
      versions,
      ['z@4:1', ...versions],
      ['a@9:1'],
      [],
    ])
  })

  test('with a comparator of the application finds an equal key only', () => {
    const entries = ['m', 'a', 'z'].map((key) => [internalKey(key), bytesOf(key)] as const)
    const properties = new Map(plainProperties).set('rocksdb.comparator', bytesOf('application.Comparator'))
    const bytes = writeTable({ dataBlocks: [{ contents: plainBlock(entries) }], properties })
    const iterator = openTable(memorySource('custom.sst', bytes)).iterator()
    const found = ['a', 'b', 'z'].map((target) => {
      iterator.seekForPrev(bytesOf(target))
      return iterator.valid ? entryLabel(iterator) : 'end'
    })
    expect(found).toEqual(['a@1:1', 'end', 'z@1:1'])
  })
})

describe('the keys of one restart interval', () => {
  /** Entries that share as much as they can with the one before; a restart before every `interval` of them. */
  const deltaBlock = (keys: readonly Uint8Array[], interval: number) => {
    const parts: Uint8Array[] = []
    const restarts: number[] = []
    let at = 0
    for (const [index, key] of keys.entries()) {
      const isRestart = index % interval === 0
      const before = isRestart ? concat() : keys[index - 1]!
      let shared = 0
      while (shared < Math.min(before.length, key.length) && before[shared] === key[shared]) shared += 1
      const rest = key.subarray(shared)
      const entry = concat(varint(shared), varint(rest.length), varint(1), rest, [index % 256])
      if (isRestart) restarts.push(at)
      parts.push(entry)
      at += entry.length
    }
    return concat(...parts, restarts.flatMap(fixed32), fixed32(restarts.length))
  }

  test(`are rebuilt whatever they share (seed ${SEED})`, () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 70 })
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 90 }),
        (words, interval) => {
          const keys = words.sort().map((text) => internalKey(text))
          const contents = deltaBlock(keys, interval)
          const table = openTable(memorySource('x.sst', writeTable({ dataBlocks: [{ contents }] })))
          expect(readEntriesBackward(table)).toEqual(readEntries(table).toReversed())
        },
      ),
      { seed: SEED, numRuns: 300 },
    )
  })

  test('take time in the measure of the block, also when every key shares less than the one before', () => {
    const count = 60_000
    const entries: Uint8Array[] = [
      concat([0], varint(count), [0], new Uint8Array(count - 8).fill(97), [1], Array(7).fill(0)),
    ]
    for (let shared = count - 9; shared > 0; shared -= 1)
      entries.push(concat(varint(shared), [8, 0], [1], Array(7).fill(0)))
    const contents = concat(...entries, fixed32(0), fixed32(1))
    const table = openTable(memorySource('x.sst', writeTable({ dataBlocks: [{ contents }] })))
    const iterator = table.iterator()
    const lengths: number[] = []
    for (iterator.seekToLast(); iterator.valid; iterator.prev()) lengths.push(iterator.userKey.length)
    expect(lengths).toEqual([...Array.from({ length: count - 9 }, (_, index) => index + 1), count - 8])
  })

  test('are not kept without bound', () => {
    const count = 100_001
    const contents = Buffer.concat([Buffer.alloc(12 * count), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])])
    for (let index = 0; index < count; index += 1) {
      contents.set([0, 9, 0], index * 12)
      contents.writeUInt8(1, index * 12 + 4)
    }
    const iterator = openTable(memorySource('x.sst', writeTable({ dataBlocks: [{ contents }] }))).iterator()
    expect(() => iterator.seekToLast()).toThrow('block has too many entries between restarts to be walked back')
  })

  test('that a restart points into are refused', () => {
    const iteratorOf = (value: readonly number[]) => {
      const entries = concat([0, 9, 3], internalKey('a'), value, [0, 9, 0], internalKey('b'))
      const contents = concat(entries, fixed32(0), fixed32(12), fixed32(2))
      return openTable(memorySource('x.sst', writeTable({ dataBlocks: [{ contents }] }))).iterator()
    }
    expect(() => iteratorOf([0, 0, 10]).seekToLast()).toThrow('entry at byte 25 of the block does not fit')
    const iterator = iteratorOf([0, 0, 1])
    iterator.seekToFirst()
    iterator.next()
    expect(entryLabel(iterator)).toBe('b@1:1')
    expect(() => iterator.prev()).toThrow('entry at byte 12 of the block does not fit')
    iterator.prev()
    expect(iterator.valid).toBe(false)
  })
})

describe('a damaged table', () => {
  const block = (key: string) => ({ contents: plainBlock([[internalKey(key), bytesOf(key)]]) })
  const broken = { contents: concat([1, 2, 3]) }

  /** Labels of the entries and problems met, from the last to the first. */
  function walkBack(bytes: Uint8Array): string[] {
    const iterator = openTable(memorySource('x.sst', bytes)).iterator()
    const seen: string[] = []
    const attempt = (move: () => void) => {
      try {
        move()
        seen.push(iterator.valid ? entryLabel(iterator) : 'end')
      } catch (error) {
        if (!(error instanceof DamageError)) throw error
        seen.push(error.damage.problem)
      }
    }
    attempt(() => iterator.seekToLast())
    while (seen.at(-1) !== 'end') attempt(() => iterator.prev())
    return seen
  }

  test('is walked back past a block that cannot be read, and turned around behind it', () => {
    const bytes = writeTable({ dataBlocks: [block('a'), broken, block('c'), broken] })
    expect(walkBack(bytes)).toEqual(['block is too short', 'c@1:1', 'block is too short', 'a@1:1', 'end'])
    const iterator = openTable(memorySource('x.sst', bytes)).iterator()
    iterator.seekToFirst()
    expect(() => iterator.next()).toThrow('block is too short')
    iterator.prev()
    expect(entryLabel(iterator)).toBe('a@1:1')
    expect(() => iterator.next()).toThrow('block is too short')
    iterator.next()
    expect(entryLabel(iterator)).toBe('c@1:1')
    expect(() => iterator.prev()).toThrow('block is too short')
    iterator.next()
    expect(entryLabel(iterator)).toBe('c@1:1')
  })

  const pointing = (...entries: [string, Handle][]): RawBlock => ({
    contents: plainBlock(entries.map(([key, handle]) => [internalKey(key), handleValue(handle)])),
  })
  const twoLevel = new Map([...plainProperties, ['rocksdb.block.based.table.index.type', concat(fixed32(2))]])

  test('is walked back past an index partition that cannot be read, and turned around there', () => {
    // offsets of blocks that come before are known: every block takes its contents and a trailer
    const size = block('a').contents.length
    const data = (index: number) => ({ offset: index * (size + 5), size })
    const bytes = writeTable({
      dataBlocks: [block('a'), block('b'), block('c'), pointing(['a', data(0)]), broken, pointing(['c', data(2)])],
      index: (handles) => pointing(['a', handles[3]!], ['b', handles[4]!], ['c', handles[5]!]),
      properties: twoLevel,
    })
    expect(walkBack(bytes)).toEqual(['c@1:1', 'block is too short', 'a@1:1', 'end'])
    const iterator = openTable(memorySource('x.sst', bytes)).iterator()
    expect(() => iterator.seek(bytesOf('b'))).toThrow('block is too short')
    iterator.prev()
    expect(entryLabel(iterator)).toBe('a@1:1')
    expect(() => iterator.next()).toThrow('block is too short')
    iterator.prev()
    expect(entryLabel(iterator)).toBe('a@1:1')
    expect(() => iterator.next()).toThrow('block is too short')
    iterator.next()
    expect(entryLabel(iterator)).toBe('c@1:1')
    expect(() => iterator.prev()).toThrow('block is too short')
    iterator.next()
    expect(entryLabel(iterator)).toBe('c@1:1')
  })

  test('has a partition without entries', () => {
    const size = block('a').contents.length
    const bytes = writeTable({
      dataBlocks: [block('a'), pointing(['a', { offset: 0, size }]), pointing(), pointing()],
      index: (handles) => pointing(['a', handles[1]!], ['b', handles[2]!], ['c', handles[3]!]),
      properties: twoLevel,
    })
    expect(walkBack(bytes)).toEqual(['a@1:1', 'end'])
  })

  test.each<[string, (handles: readonly Handle[]) => RawBlock, string[]]>([
    [
      'the same block again and again',
      ([one]) => pointing(['a', one!], ['b', one!], ['c', one!]),
      ['a@1:1', 'blocks are not ascending', 'end'],
    ],
    [
      'blocks in a circle',
      ([one, two]) => pointing(['a', two!], ['b', one!], ['c', two!]),
      ['b@1:1', 'a@1:1', 'blocks are not ascending', 'end'],
    ],
    [
      'blocks that overlap',
      ([one, two]) => pointing(['a', { offset: one!.offset, size: one!.size + 1 }], ['b', two!]),
      ['b@1:1', 'blocks are not ascending', 'end'],
    ],
  ])('whose index names %s does not keep a walk going', (_, index, seen) => {
    expect(walkBack(writeTable({ dataBlocks: [block('a'), block('b')], index }))).toEqual(seen)
  })

  test('whose index names a partition twice does not keep a walk going', () => {
    const size = block('a').contents.length
    const bytes = writeTable({
      dataBlocks: [block('a'), pointing(['a', { offset: 0, size }])],
      index: ([, partition]) => pointing(['a', partition!], ['b', partition!], ['c', partition!]),
      properties: twoLevel,
    })
    expect(walkBack(bytes)).toEqual(['a@1:1', 'blocks are not ascending', 'end'])
  })

  test('whose partitions name the same block does not keep a walk going', () => {
    const size = block('a').contents.length
    const partition = pointing(['a', { offset: 0, size }])
    const bytes = writeTable({
      dataBlocks: [block('a'), partition, partition, partition],
      index: (handles) => pointing(['a', handles[1]!], ['b', handles[2]!], ['c', handles[3]!]),
      properties: twoLevel,
    })
    expect(walkBack(bytes)).toEqual(['a@1:1', 'blocks are not ascending', 'end'])
  })
})
