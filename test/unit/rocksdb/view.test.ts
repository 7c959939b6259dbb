import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { memorySource } from '#base/memory-source.ts'
import { parseBackupMeta } from '../../../src-main/rocksdb/backup-meta.ts'
import { backupFileSet, directoryFileSet } from '../../../src-main/rocksdb/view/named-file-set.ts'
import type { ScanPage } from '../../../src-main/rocksdb/view/requests.ts'
import type { Row } from '../../../src-main/rocksdb/view/row.ts'
import { openView, type View } from '../../../src-main/rocksdb/view/view.ts'
import { bytesOf, fixtureBytes, fixtureNames, textOf } from './fixtures.ts'
import { batch, batchRecord, lengthPrefixed, logOf, put, varint } from './log-writer.ts'
import { viewOf } from './small-database.ts'

function backupView(directory: string, id: number, change: (name: string, bytes: Uint8Array) => void = () => {}): View {
  const meta = parseBackupMeta(fixtureBytes(`${directory}/meta/${id}`), id, `meta/${id}`)
  return openView(
    backupFileSet(meta, (path) => {
      const bytes = fixtureBytes(`${directory}/${path}`)
      change(path, bytes)
      return memorySource(path, bytes)
    }),
  )
}

function rowText({ key, sequence, content }: Row): string {
  switch (content.kind) {
    case 'value':
      return `${textOf(key)}@${sequence}=${textOf(content.value.bytes)}`
    case 'merge': {
      const operands = content.operands.map((operand) => textOf(operand.bytes)).join('+')
      const base = content.base?.kind === 'value' ? textOf(content.base.value.bytes) : content.base
      return `${textOf(key)}@${sequence}: ${operands} on ${base}`
    }
    default:
      return `${textOf(key)}@${sequence} ${JSON.stringify(content)}`
  }
}

function scanAll(view: View, columnFamilyId = 0, limit = 1000): { rows: string[]; pages: ScanPage[] } {
  const pages: ScanPage[] = []
  let after: Uint8Array | null = null
  do {
    const page: ScanPage = view.scan({ columnFamilyId, from: null, after, limit, maxValueBytes: 100 })
    pages.push(page)
    after = page.next
  } while (after !== null)
  return { rows: pages.flatMap((page) => page.rows.map(rowText)), pages }
}

const NEW_DATABASE = Buffer.concat([2, 4, 3, 20, 4, 0].map((number) => varint(number)))

/** A database that has nothing but one log. */
function logView(...batches: Uint8Array[]): View {
  const files = new Map<string, Uint8Array>([
    ['CURRENT', bytesOf('MANIFEST-000001\n')],
    ['MANIFEST-000001', logOf([NEW_DATABASE])],
    ['000004.log', logOf(batches)],
  ])
  return openView(directoryFileSet([...files.keys()], (name) => memorySource(name, files.get(name)!)))
}

test('values that lie in the table itself are read from it', () => {
  const bytes = fixtureBytes('sst/v11_embedded_blobs.sst')
  const { rows, damages } = viewOf([{ level: 1, smallest: '', largest: '~', bytes }]).scan({
    columnFamilyId: 0,
    from: null,
    after: null,
    limit: 100,
    maxValueBytes: 1000,
  })
  const kinds = rows.map(({ content }) => content.kind)
  expect([damages, new Set(kinds)]).toEqual([[], new Set(['value'])])
  const long = rows.filter(({ content }) => content.kind === 'value' && content.value.sizeBytes === 200)
  expect(long).toHaveLength(10)
})

describe('a view of a backup', () => {
  test.each([
    [1, ['k1@1=v1']],
    [2, ['k1@1=v1', 'k2@2=v2']],
    [3, ['k1@0=v1', 'k2@0=v2', 'k3@0=v3']],
  ])('%i shows what a restore of it would hold', (id, rows) => {
    const view = backupView('backup_v1', id)
    expect([scanAll(view).rows, view.lastSequence, view.damages]).toEqual([rows, id, []])
    view.close()
  })

  test('shows unflushed data of its logs and the values in its blob files', () => {
    const view = backupView('backup_v2_api', 2)
    expect(scanAll(view).rows).toEqual([`blob@2=${'b'.repeat(100)}`, 'flushed@1=1', 'inwal@3=2', 'inwal2@4=3'])
    expect(view.lastSequence).toBe(4)
  })

  test('names the excluded file of an incomplete backup and still shows the others', () => {
    const view = backupView('backup_v2_api', 3)
    const page = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 10, maxValueBytes: 10 })
    expect(page.rows.map((row) => textOf(row.key))).toEqual(['blob', 'flushed'])
    expect(page.damages).toEqual([
      {
        damage: {
          file: '000012.sst',
          offsetBytes: null,
          structure: 'table',
          problem: 'the file is not in this set',
          expected: null,
          found: null,
        },
        fileNumber: 12,
        firstKey: bytesOf('inwal'),
        lastKey: bytesOf('inwal2'),
      },
    ])
  })

  test('names a damaged table with its key range while the rows of the others come', () => {
    const view = backupView('backup_v1', 2, (path, bytes) => {
      if (path.includes('000008_')) bytes[10]! ^= 0xff
    })
    const page = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 10, maxValueBytes: 10 })
    expect(page.rows.map(rowText)).toEqual(['k2@2=v2'])
    expect(
      page.damages.map(({ damage, fileNumber, firstKey, lastKey }) => [
        damage.file,
        damage.offsetBytes,
        fileNumber,
        firstKey,
        lastKey,
      ]),
    ).toEqual([['shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst', 0, 8, bytesOf('k1'), bytesOf('k1')]])
  })

  test('survives a table that is cut to nothing', () => {
    const meta = parseBackupMeta(fixtureBytes('backup_v1/meta/2'), 2, 'meta/2')
    const fileSet = backupFileSet(meta, (path) =>
      memorySource(path, path.includes('000017_') ? new Uint8Array(0) : fixtureBytes(`backup_v1/${path}`)),
    )
    const page = openView(fileSet).scan({ columnFamilyId: 0, from: null, after: null, limit: 10, maxValueBytes: 10 })
    expect([page.rows.map(rowText), page.damages.map((damage) => damage.fileNumber)]).toEqual([['k1@1=v1'], [17]])
  })
})

describe('a view of a database directory', () => {
  const names = fixtureNames('db_two_cf_crashed')
  const openSources = new Set<ByteSource>()
  const open = (name: string): ByteSource => {
    const source = memorySource(name, fixtureBytes(`db_two_cf_crashed/${name}`))
    const counted = { ...source, close: () => void openSources.delete(counted) }
    openSources.add(counted)
    return counted
  }

  test('joins tables and logs of every family, and closes what it opened', () => {
    const view = openView(directoryFileSet(names, open))
    const sequenceOf = (index: number) => 2 * index + 1
    const expected = [
      ...Array.from({ length: 10 }, (_, index) => `d${index}@${sequenceOf(index)}=x`),
      ...Array.from({ length: 10 }, (_, index) => `e${index}@${21 + index}=x`),
      'f@31=x',
    ]
    expect(scanAll(view, 0).rows).toEqual(expected)
    expect(scanAll(view, 1).rows).toEqual(
      Array.from({ length: 10 }, (_, index) => `o${index}@${sequenceOf(index) + 1}=x`),
    )
    expect(view.columnFamilies.map(({ id, name }) => [id, name])).toEqual([
      [0, 'default'],
      [1, 'one'],
    ])
    expect([view.lastSequence, view.damages]).toEqual([31, []])
    view.close()
    expect(openSources.size).toBe(0)
  })

  test('gives the same rows in pages of any size', () => {
    const view = openView(directoryFileSet(names, open))
    const { rows } = scanAll(view, 0)
    for (const limit of [1, 2, 7, 20, 21, 22]) {
      const paged = scanAll(view, 0, limit)
      expect([limit, paged.rows, paged.pages.length]).toEqual([limit, rows, Math.ceil(21 / limit)])
    }
    view.close()
  })

  test('refuses an unknown column family', () => {
    const view = openView(directoryFileSet(names, open))
    expect(() => view.scan({ columnFamilyId: 7, from: null, after: null, limit: 1, maxValueBytes: 1 })).toThrow(
      expect.objectContaining({ name: 'AppError', code: 'COLUMN_FAMILY_NOT_FOUND' }),
    )
    view.close()
  })

  test('says which file is missing when CURRENT is, and when it names no file', () => {
    expect(() => openView(directoryFileSet([], open))).toThrow(AppError)
    expect(() => openView(directoryFileSet(['CURRENT'], open))).toThrow('names a MANIFEST that is not there')
  })
})

/** A database of tables from the fixtures: [level, table, smallest and largest key]. */
function tableView(...tables: readonly (readonly [number, string, string, string, number?])[]): View {
  const internalKey = (key: string) =>
    lengthPrefixed(Buffer.concat([bytesOf(key), Buffer.from('0101000000000000', 'hex')]))
  const files = new Map<string, Uint8Array>([['CURRENT', bytesOf('MANIFEST-000001\n')]])
  const edits = tables.map(([level, name, smallest, largest, flipAt], index) => {
    const bytes = fixtureBytes(`sst/${name}`)
    if (flipAt !== undefined) bytes[flipAt]! ^= 1
    files.set(`${String(index + 5).padStart(6, '0')}.sst`, bytes)
    const numbers = [103, level, index + 5, bytes.length].map((number) => varint(number))
    const sequences = [1, 100, 1].map((number) => varint(number))
    return Buffer.concat([...numbers, internalKey(smallest), internalKey(largest), ...sequences])
  })
  files.set('MANIFEST-000001', logOf([NEW_DATABASE, ...edits]))
  return openView(directoryFileSet([...files.keys()], (name) => memorySource(name, files.get(name)!)))
}

describe('the tables of a view', () => {
  test('delete ranges in pages of any size, wherever a page starts', () => {
    const view = tableView([0, 'v7.8.3_rangedel.sst', 'k0', 'k9'])
    const { rows } = scanAll(view)
    expect(rows.map((row) => row.slice(0, 2))).toEqual(['k0', 'k1', 'k5', 'k6', 'k9'])
    expect([1, 2, 3].map((limit) => scanAll(view, 0, limit).rows)).toEqual([rows, rows, rows])
    const page = view.scan({ columnFamilyId: 0, from: null, after: bytesOf('k3'), limit: 1, maxValueBytes: 9 })
    expect(page.rows.map((row) => textOf(row.key))).toEqual(['k5'])
  })

  test('show the rest of a table behind a damaged block, and say what may be missing', () => {
    const view = tableView([1, 'v11_fv6_crc32c.sst', 'key0000000', 'key0000099', 600])
    const page = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 1000, maxValueBytes: 9 })
    const keys = page.rows.map((row) => Number(textOf(row.key).slice(3)))
    const missing = Array.from({ length: 100 }, (_, index) => index).filter((index) => !keys.includes(index))
    const [first = 0] = missing
    expect([first > 0, missing.length > 0 && missing.length < 30, keys.length + missing.length]).toEqual([
      true,
      true,
      100,
    ])
    expect(missing).toEqual(Array.from({ length: missing.length }, (_, index) => first + index))
    expect(
      page.damages.map(({ damage, fileNumber, firstKey, lastKey }) => [
        damage.file,
        damage.structure,
        fileNumber,
        textOf(firstKey!),
        textOf(lastKey!),
      ]),
    ).toEqual([['000005.sst', 'data block', 5, `key${String(first - 1).padStart(7, '0')}`, 'key0000099']])
  })

  test('show the newest version when files overlap', () => {
    const name = 'v11_fv6_crc32c.sst'
    const range = ['key0000000', 'key0000099'] as const
    const view = tableView([0, name, ...range], [1, 'v11_fv5_xxh3.sst', ...range])
    const { rows } = scanAll(view)
    expect([rows.length, rows[0], rows[99]]).toEqual([
      100,
      'key0000000@1=value0-aaaaaaaaaaaaaaaaaaaa',
      'key0000099@100=value99-vvvvvvvvvvvvvvvvvvvv',
    ])
  })
})

describe('the rows of a view', () => {
  test('leave out what was deleted, and show what was written again', () => {
    const view = logView(
      batch(1, 4, put('a', '1'), put('b', '2'), put('c', '3'), put('d', '4')),
      batch(5, 3, batchRecord(0x00, 'a'), batchRecord(0x07, 'b'), batchRecord(0x00, 'c')),
      batch(8, 1, put('c', 'again')),
    )
    expect(scanAll(view).rows).toEqual(['c@8=again', 'd@4=4'])
  })

  test('honour range deletions by sequence, begin included and end not', () => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    const view = logView(
      batch(1, 5, ...keys.map((key) => put(key, 'old'))),
      batch(6, 2, batchRecord(0x0f, 'b', 'd'), batchRecord(0x0f, 'c', 'c')),
      batch(8, 1, put('c', 'new')),
    )
    expect(scanAll(view).rows).toEqual(['a@1=old', 'c@8=new', 'd@4=old', 'e@5=old'])
  })

  test('show merge operands newest first, down to their base', () => {
    const view = logView(
      batch(1, 3, put('a', 'base'), batchRecord(2, 'a', 'x'), batchRecord(2, 'a', 'y')),
      batch(4, 3, put('b', 'gone'), batchRecord(0, 'b'), batchRecord(2, 'b', 'z')),
      batch(7, 3, batchRecord(2, 'c', 'hidden'), batchRecord(0x0f, 'c', 'd'), batchRecord(2, 'c', 'w')),
    )
    expect(scanAll(view).rows).toEqual(['a@3: y+x on base', 'b@6: z on null', 'c@9: w on null'])
  })

  test('decode entities, drop the time of timed puts and cut long values', () => {
    const column = Buffer.concat([varint(1), varint(1), lengthPrefixed('col'), varint(3), bytesOf('val')])
    const view = logView(
      batch(1, 3, batchRecord(0x16, 'e', textOf(column)), batchRecord(0x18, 't', 'v12345678'), put('v', '0123456789')),
    )
    const { rows } = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 10, maxValueBytes: 2 })
    expect(rows.map((row) => row.content)).toEqual([
      {
        kind: 'entity',
        columnCount: 1,
        columns: [{ name: bytesOf('col'), isBlobIndex: false, value: { bytes: bytesOf('va'), sizeBytes: 3 } }],
      },
      { kind: 'value', value: { bytes: bytesOf('v'), sizeBytes: 1 } },
      { kind: 'value', value: { bytes: bytesOf('01'), sizeBytes: 10 } },
    ])
  })

  test('report a value that cannot be decoded, and show its bytes', () => {
    const view = logView(batch(1, 2, batchRecord(0x11, 'bad', '\x09'), put('good', '1')))
    const page = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 10, maxValueBytes: 10 })
    expect(page.rows[0]?.content).toEqual({ kind: 'unreadable', value: { bytes: bytesOf('\x09'), sizeBytes: 1 } })
    expect(page.damages.map(({ damage, firstKey }) => [damage.problem, firstKey])).toEqual([
      ['unknown kind of blob index', bytesOf('bad')],
    ])
  })

  test('cannot be listed in the order of a comparator that is not known', () => {
    const files = new Map<string, Uint8Array>([
      ['CURRENT', bytesOf('MANIFEST-000001\n')],
      ['MANIFEST-000001', logOf([Buffer.concat([varint(1), lengthPrefixed('mine'), NEW_DATABASE])])],
    ])
    const view = openView(directoryFileSet([...files.keys()], (name) => memorySource(name, files.get(name)!)))
    expect(() => view.scan({ columnFamilyId: 0, from: null, after: null, limit: 1, maxValueBytes: 1 })).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    )
  })

  test('own their bytes', () => {
    const view = logView(batch(1, 1, put('key', 'value')))
    const [row] = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 1, maxValueBytes: 10 }).rows
    expect(row?.key.buffer.byteLength).toBe(3)
    expect(row?.content.kind === 'value' && row.content.value.bytes.buffer.byteLength).toBe(5)
  })
})
