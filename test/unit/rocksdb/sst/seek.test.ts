import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { BlockCache } from '../../../../src-main/rocksdb/sst/block-cache.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { entryLabel, expectedTables, fixtureBytes, readEntries } from './fixtures.ts'
import { bytesOf, concat, internalKey, plainBlock, plainProperties, writeTable } from './table-writer.ts'

const hundredKeys = expectedTables.filter((table) => table.entryCount === 100)

function labelAt(file: string, targets: readonly Uint8Array[], cache?: BlockCache): string[] {
  const table = openTable(memorySource(file, fixtureBytes(file)), { cache })
  const iterator = table.iterator()
  return targets.map((target) => {
    iterator.seek(target)
    return iterator.valid ? `${entryLabel(iterator)} ${Buffer.from(iterator.value).toString('latin1')}` : 'end'
  })
}

function expectedAt(file: string): string[] {
  return readEntries(openTable(memorySource(file, fixtureBytes(file)))).map(
    (entry) => `${entryLabel(entry)} ${Buffer.from(entry.value).toString('latin1')}`,
  )
}

const keys = Array.from({ length: 100 }, (_, index) => bytesOf(`key${String(index).padStart(7, '0')}`))

describe('seek', () => {
  test.each(hundredKeys)('$file: every key is found, in any order', ({ file }) => {
    const expected = expectedAt(file)
    expect(labelAt(file, keys)).toEqual(expected)
    expect(labelAt(file, keys.toReversed(), new BlockCache(10_000))).toEqual(expected.toReversed())
  })

  test.each(hundredKeys)('$file: between keys it stands on the next one, after the last on nothing', ({ file }) => {
    const expected = expectedAt(file)
    const between = keys.map((key) => concat(key, [0]))
    expect(labelAt(file, between)).toEqual([...expected.slice(1), 'end'])
    expect(labelAt(file, [bytesOf(''), bytesOf('a'), bytesOf('key'), bytesOf('z')])).toEqual([
      expected[0],
      expected[0],
      expected[0],
      'end',
    ])
  })

  test.each(hundredKeys)('$file: the scan goes on from where it was sought', ({ file }) => {
    const table = openTable(memorySource(file, fixtureBytes(file)))
    const iterator = table.iterator()
    iterator.seek(bytesOf('key0000037'))
    const rest: string[] = []
    for (; iterator.valid; iterator.next()) rest.push(Buffer.from(iterator.userKey).toString())
    expect(rest).toEqual(keys.slice(37).map((key) => Buffer.from(key).toString()))
  })

  test('of versions of one key across blocks it finds the newest', () => {
    const version = (sequence: number) => [internalKey('k', sequence), bytesOf(`v${sequence}`)] as const
    const blocks = [
      [[internalKey('a', 9), bytesOf('')] as const, version(8), version(7)],
      [version(6), version(5)],
    ]
    const table = openTable(
      memorySource(
        'versions.sst',
        writeTable({
          dataBlocks: blocks.map((entries) => ({ contents: plainBlock(entries) })),
          index: ([first, second]) => ({
            contents: plainBlock([
              [internalKey('k', 7), concat([first!.offset, first!.size])],
              [internalKey('k', 5), concat([second!.offset, second!.size])],
            ]),
          }),
        }),
      ),
    )
    const iterator = table.iterator()
    iterator.seek(bytesOf('k'))
    expect(entryLabel(iterator)).toBe('k@8:1')
    iterator.seek(bytesOf('b'))
    expect(entryLabel(iterator)).toBe('k@8:1')
    expect(Buffer.from(table.lastKey() ?? []).toString()).toBe('k')
  })

  test('keys with timestamps are ordered newest first', () => {
    const file = 'sst/v11_udt.sst'
    const stamp = (time: number) => [time, 0, 0, 0, 0, 0, 0, 0]
    const all = readEntries(openTable(memorySource(file, fixtureBytes(file)))).map(entryLabel)
    const first = fixtureTarget(all[0])
    expect(labelAt(file, [concat(bytesOf('key'), stamp(255)), first]).map((label) => label.split(' ')[0])).toEqual([
      all[0],
      all[0],
    ])
    expect(labelAt(file, [concat(bytesOf('key'), stamp(0))])[0]?.split(' ')[0]).toBe(
      all.find((label) => !label.startsWith('key\\x')),
    )
  })

  test('a reverse comparator turns the order around', () => {
    const entries = ['c', 'b', 'a'].map((key) => [internalKey(key), bytesOf(key)] as const)
    const properties = new Map(plainProperties).set('rocksdb.comparator', bytesOf('rocksdb.ReverseBytewiseComparator'))
    const bytes = writeTable({
      dataBlocks: [{ contents: plainBlock(entries) }],
      index: ([only]) => ({ contents: plainBlock([[internalKey('a'), concat([only!.offset, only!.size])]]) }),
      properties,
    })
    const iterator = openTable(memorySource('reverse.sst', bytes)).iterator()
    const found = ['d', 'bb', 'a', 'Z'].map((target) => {
      iterator.seek(bytesOf(target))
      return iterator.valid ? entryLabel(iterator) : 'end'
    })
    expect(found).toEqual(['c@1:1', 'b@1:1', 'a@1:1', 'end'])
  })

  test('with a comparator of the application only an equal key is found', () => {
    const entries = ['m', 'a', 'z'].map((key) => [internalKey(key), bytesOf(key)] as const)
    const properties = new Map(plainProperties).set('rocksdb.comparator', bytesOf('application.Comparator'))
    const bytes = writeTable({ dataBlocks: [{ contents: plainBlock(entries) }], properties })
    const table = openTable(memorySource('custom.sst', bytes))
    const iterator = table.iterator()
    const found = ['a', 'b', 'z'].map((target) => {
      iterator.seek(bytesOf(target))
      return iterator.valid ? entryLabel(iterator) : 'end'
    })
    expect({ comparator: table.comparator, found }).toEqual({ comparator: null, found: ['a@1:1', 'end', 'z@1:1'] })
  })
})

function fixtureTarget(label: string | undefined): Uint8Array {
  const text = String(label).split('@')[0] ?? ''
  return bytesOf(
    text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
  )
}
