import { describe, expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { memorySource } from '#base/memory-source.ts'
import { parseCurrent } from '../../../src-main/rocksdb/manifest/current-file.ts'
import { decodeVersionEdit } from '../../../src-main/rocksdb/manifest/decode-edit.ts'
import { FamilyBuilder } from '../../../src-main/rocksdb/manifest/family-builder.ts'
import type { ManifestState } from '../../../src-main/rocksdb/manifest/manifest-state.ts'
import { readManifest, walkEdits } from '../../../src-main/rocksdb/manifest/read-manifest.ts'
import { MemoryBudget } from '../../../src-main/rocksdb/memory-budget.ts'
import { bytesOf, expectedSections, fixtureBytes, fixtureNames, fixtureSource, problemOf, textOf } from './fixtures.ts'
import { editText } from './golden-text.ts'
import { lengthPrefixed, logOf, varint } from './log-writer.ts'

const internalKey = (key: string, sequence: number, type = 1) => {
  const footer = Buffer.alloc(8)
  footer.writeBigUInt64LE((BigInt(sequence) << 8n) | BigInt(type))
  return lengthPrefixed(Buffer.concat([bytesOf(key), footer]))
}
const tag = (number: number, ...bodies: Uint8Array[]) => Buffer.concat([varint(number), ...bodies])
const edit = (...fields: Uint8Array[]) => Buffer.concat(fields)

/** A NewFile4 with keys a..b. */
const newFile = (level: number, number: number, ...custom: Uint8Array[]) =>
  tag(
    103,
    varint(level),
    varint(number),
    varint(1000),
    internalKey('a', 1),
    internalKey('b', 2),
    varint(1),
    varint(2),
    ...custom,
    varint(1),
  )
const deleted = (level: number, number: number) => tag(6, varint(level), varint(number))
const family = (id: number) => tag(200, varint(id))
const inGroup = (remaining: number) => tag(300, varint(remaining))
const BASICS = edit(tag(2, varint(4)), tag(3, varint(20)), tag(4, varint(9)))

function read(...edits: Uint8Array[]): ManifestState {
  return readManifest(memorySource('MANIFEST-000001', logOf(edits)))
}

const problems = (state: ManifestState) => state.damages.map((damage) => damage.problem)

function tables(state: ManifestState): string[] {
  return state.columnFamilies.flatMap(({ id, files }) =>
    files.map(
      (file) => `${id}: L${file.level} ${file.fileNumber} ${textOf(file.smallestKey)}-${textOf(file.largestKey)}`,
    ),
  )
}

describe('version edits', () => {
  const sections = expectedSections('expected_manifest.txt')
  test.each([...sections.keys()])('of %s are what the reference decoder read', (name) => {
    const lines: string[] = []
    const walk = walkEdits(fixtureSource(name), (fields, offsetBytes) => lines.push(editText(fields, offsetBytes)))
    expect(lines).toEqual(sections.get(name))
    expect(walk).toEqual({ endOffsetBytes: fixtureBytes(name).length, isTorn: false, damages: [] })
  })

  test('have golden content for every MANIFEST of the fixtures', () => {
    const manifests = ['backup_v1', 'backup_v2_api', 'db_two_cf_crashed', 'manifest'].flatMap((directory) =>
      fixtureNames(directory)
        .filter((name) => directory === 'manifest' || name.includes('MANIFEST-'))
        .map((name) => `${directory}/${name}`),
    )
    expect([...sections.keys()].sort()).toEqual(manifests.sort())
  })
})

describe('the state of a MANIFEST', () => {
  test('has every family with its files, and the numbers of the database', () => {
    const state = readManifest(fixtureSource('db_two_cf_crashed/MANIFEST-000005'))
    expect(tables(state)).toEqual(['0: L0 13 e0-e9', '0: L0 11 d0-d9'])
    expect({
      ...state,
      columnFamilies: state.columnFamilies.map(({ id, name, comparator, logNumber }) => [
        id,
        name,
        comparator,
        logNumber,
      ]),
    }).toEqual({
      columnFamilies: [
        [0, 'default', 'leveldb.BytewiseComparator', 12],
        [1, 'one', 'leveldb.BytewiseComparator', 4],
      ],
      lastSequence: 30,
      nextFileNumber: 14,
      minLogNumberToKeep: 4,
      databaseId: null,
      trackedLogs: [
        { logNumber: 4, syncedSizeBytes: 510 },
        { logNumber: 10, syncedSizeBytes: 250 },
      ],
      endOffsetBytes: 361,
      isTorn: false,
      damages: [],
    })
  })

  test('has the fields of a file and its blob file', () => {
    const state = readManifest(fixtureSource('manifest/v11_file_checksum_blob'))
    const [defaultFamily] = state.columnFamilies
    expect(state.databaseId).toBe('ac44de25-b550-4343-904a-a0cb0f4b4a5e')
    expect(defaultFamily?.files).toEqual([
      {
        level: 0,
        fileNumber: 9,
        pathId: 0,
        sizeBytes: 1301,
        smallestKey: bytesOf('a'),
        largestKey: bytesOf('big'),
        largestKeyIsExcluded: false,
        smallestSequence: 1,
        largestSequence: 2,
        fileChecksum: bytesOf('\x12yZ\xd5'),
        fileChecksumFunction: 'FileChecksumCrc32c',
        oldestBlobFileNumber: 10,
        oldestAncestorTimeS: 1795419260,
        creationTimeS: 1795419260,
        epochNumber: 1,
        uniqueId: bytesOf('\x06\x13r\x97N@\xb7\xd9{Dhk\x00-\xdb\x96'),
      },
    ])
    expect(defaultFamily?.blobFiles).toEqual([
      {
        fileNumber: 10,
        sizeBytes: 135 + 62,
        blobCount: 1,
        totalBytes: 135,
        garbageCount: 0,
        garbageBytes: 0,
        checksumMethod: 'FileChecksumCrc32c',
        checksumValue: bytesOf('\xf5\xbf\xe6\x87'),
      },
    ])
  })

  test('keeps a blob file with garbage while a table is linked to an older one', () => {
    const [defaultFamily] = readManifest(fixtureSource('manifest/v7.8.3_blob_add_garbage')).columnFamilies
    expect(
      defaultFamily?.blobFiles.map(({ fileNumber, sizeBytes, blobCount, garbageCount }) => [
        fileNumber,
        sizeBytes,
        blobCount,
        garbageCount,
      ]),
    ).toEqual([
      [10, 866, 6, 3],
      [13, 464, 3, 0],
    ])
  })

  test('applies an atomic group whole and forgets a dropped family', () => {
    const state = readManifest(fixtureSource('manifest/v11_atomic_group_cf_drop'))
    expect(tables(state)).toEqual(['0: L0 12 a-a'])
    expect([state.minLogNumberToKeep, state.lastSequence, state.damages]).toEqual([10, 2, []])
  })

  test('drops an incomplete atomic group at the end and says where the group began', () => {
    const whole = edit(newFile(0, 7))
    const state = read(BASICS, whole, edit(newFile(0, 8), inGroup(2)), edit(newFile(0, 9), inGroup(1)))
    expect([tables(state), state.isTorn, state.endOffsetBytes, state.damages]).toEqual([
      ['0: L0 7 a-b'],
      true,
      14 + BASICS.length + whole.length,
      [],
    ])
  })

  test('moves a file to another level in one edit', () => {
    expect(tables(read(BASICS, edit(newFile(0, 7)), edit(newFile(1, 7), deleted(0, 7))))).toEqual(['0: L1 7 a-b'])
  })

  test('takes the smallest log number when none is to be kept, and the largest stated one otherwise', () => {
    const add = edit(tag(201, lengthPrefixed('one')), tag(2, varint(3)), family(1))
    const field3 = tag(3, lengthPrefixed(Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)))
    expect(read(BASICS, add).minLogNumberToKeep).toBe(3)
    expect(
      read(BASICS, add, edit(tag(10, varint(5))), edit(newFile(0, 7, field3)), edit(tag(10, varint(4))))
        .minLogNumberToKeep,
    ).toBe(6)
  })

  test('skips unknown tags and fields that may be ignored', () => {
    const unknown = tag(8192 + 777, lengthPrefixed('whatever'))
    const state = read(BASICS, edit(unknown, newFile(0, 7, tag(33, lengthPrefixed('x')))), new Uint8Array(0))
    expect([tables(state), state.damages]).toEqual([['0: L0 7 a-b'], []])
  })

  test('accepts the sentinel sequence of a range deletion at a file border', () => {
    const border = Buffer.concat([bytesOf('z'), Buffer.from('0fffffffffffffff', 'hex')])
    const file = tag(
      103,
      varint(0),
      varint(7),
      varint(1),
      internalKey('a', 1),
      lengthPrefixed(border),
      varint(1),
      varint(1),
      varint(1),
    )
    expect(tables(read(BASICS, file))).toEqual(['0: L0 7 a-z'])
  })

  test('ends at a torn record without damage', () => {
    const bytes = logOf([BASICS, edit(newFile(0, 7)), edit(newFile(0, 8))])
    const state = readManifest(memorySource('m', bytes.subarray(0, bytes.length - 3)))
    expect([tables(state), state.isTorn, state.damages]).toEqual([['0: L0 7 a-b'], true, []])
  })

  test.each<[string, Uint8Array[]]>([
    ['checksum mismatch', []],
    [
      'column family 1 is added twice',
      [edit(tag(201, lengthPrefixed('one')), family(1)), edit(tag(201, lengthPrefixed('one')), family(1))],
    ],
    ['column family 0 is added twice', [edit(tag(201, lengthPrefixed('default')))]],
    ['the edit belongs to column family 5, which is not there', [edit(tag(202), family(5))]],
    ['the default column family is dropped', [edit(tag(202))]],
    ['table 7 is removed from level 0 but is not there', [edit(deleted(0, 7))]],
    ['table 7 is removed from level 1 but is not there', [edit(newFile(0, 7)), edit(deleted(1, 7))]],
    ['table 7 is added but is already there', [edit(newFile(0, 7)), edit(newFile(1, 7))]],
    ['an edit outside the group stands inside an atomic group', [edit(inGroup(1)), edit(newFile(0, 7))]],
    ['an atomic group counts down from 4294967295 to 3', [edit(inGroup(0xffffffff)), edit(inGroup(3))]],
    ['unknown tag in a version edit', [edit(tag(4000, lengthPrefixed('x')))]],
    ['length goes past the end', [edit(tag(8192 + 777, varint(100)))]],
    ['impossible level', [edit(newFile(2 ** 31, 7))]],
    ['impossible path id', [edit(newFile(0, 7, tag(65, lengthPrefixed(Uint8Array.of(4)))))]],
    ['varint is too large', [edit(newFile(0, 2 ** 62))]],
    ['a file entry has a field that must be understood', [edit(newFile(0, 7, tag(66, lengthPrefixed('x'))))]],
    ['internal key is too short', [edit(tag(5, varint(0), lengthPrefixed('1234567')))]],
    [
      'garbage is counted for blob file 3, which is not there',
      [edit(tag(401, varint(3), varint(1), varint(1), varint(0)))],
    ],
    ['the full history timestamp is empty', [edit(tag(8198, lengthPrefixed('')))]],
    ['unknown field of a log addition', [edit(tag(8199, lengthPrefixed(Buffer.concat([varint(4), varint(7)]))))]],
  ])('stops with damage: %s', (problem, edits) => {
    const bytes = logOf([BASICS, ...edits, edit(newFile(0, 99))])
    if (edits.length === 0) bytes[BASICS.length + 7 + 3]! ^= 1
    const state = readManifest(memorySource('MANIFEST-000001', bytes))
    expect([problems(state), tables(state).some((line) => line.includes(' 99 '))]).toEqual([[problem], false])
  })

  test('is damaged when the MANIFEST never states the numbers of the database', () => {
    expect(problems(read(edit(newFile(0, 7))))).toEqual([
      'the MANIFEST never states: log number, next file number, last sequence',
    ])
  })
})

describe('a hostile MANIFEST', () => {
  test('may have the most fields of an edit, and no more', () => {
    const fields = (count: number) => Buffer.alloc(2 * count, Buffer.from([9, 0]))
    const { manifestEditFieldsMax } = limits
    expect(problems(read(BASICS, fields(manifestEditFieldsMax)))).toEqual([])
    expect(problems(read(BASICS, fields(manifestEditFieldsMax + 1)))).toEqual(['too many fields'])
    const group = [inGroup(2), edit(inGroup(1), fields(manifestEditFieldsMax - 3)), edit(inGroup(0))]
    expect(problems(read(BASICS, ...group))).toEqual(['an atomic group is too large'])
  })

  test('takes memory for what is live only, and not without end', () => {
    const memory = new MemoryBudget(10_000, { what: 'files', nextStep: 'none' })
    const builder = new FamilyBuilder(1, 'f', memory)
    const file = (fileNumber: number) => {
      const field = decodeVersionEdit(newFile(0, fileNumber), { file: 'm', structure: 'edit', offsetBytes: 0 })[0]
      if (field?.kind !== 'new-file') throw new Error('not a file')
      return field.file
    }
    for (let number = 1; number < 1000; number += 1) {
      expect([builder.addTable(file(number)), builder.removeTable(0, number)]).toEqual([null, null])
    }
    const fill = () => Array.from({ length: 100 }, (_, index) => builder.addTable(file(1000 + index)))
    expect(fill).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    expect(builder.build().files.length).toBeLessThan(15)
  })

  test('that quotes a long name in its damage quotes a part of it', () => {
    const [damage] = read(edit(tag(1, lengthPrefixed('a'))), edit(tag(1, lengthPrefixed('b'.repeat(100_000))))).damages
    expect([damage?.problem.length, damage?.problem.startsWith('the comparator of column family 0 changes')]).toEqual([
      301,
      true,
    ])
  })
})

describe('the largest key of a table', () => {
  const largestAt = (sequence: bigint, type: number) => {
    const footer = Buffer.alloc(8)
    footer.writeBigUInt64LE((sequence << 8n) | BigInt(type))
    const key = lengthPrefixed(Buffer.concat([bytesOf('z'), footer]))
    const file = tag(103, varint(0), varint(7), varint(1), internalKey('a', 1), key, varint(1), varint(2), varint(1))
    return read(BASICS, file).columnFamilies[0]?.files[0]?.largestKeyIsExcluded
  }

  test('is outside only where it marks the end of a range deletion', () => {
    const sentinel = 2n ** 56n - 1n
    expect([largestAt(sentinel, 0x0f), largestAt(sentinel, 1), largestAt(5n, 0x0f), largestAt(5n, 1)]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

describe('CURRENT', () => {
  test('names the MANIFEST', () => {
    expect(parseCurrent(bytesOf('MANIFEST-000012\n'))).toBe('MANIFEST-000012')
  })

  test.each([
    'MANIFEST-000012',
    'MANIFEST-000012\r\n',
    '../MANIFEST-000012\n',
    '/MANIFEST-1\n',
    'MANIFEST-1\0\n',
    'MANIFEST-\n',
    `MANIFEST-${'1'.repeat(21)}\n`,
    `MANIFEST-1\n${' '.repeat(100)}`,
    'MANIFEST-1\nx',
    '',
  ])('is refused as %j', (text) => {
    expect(problemOf(() => parseCurrent(bytesOf(text)))).toContain('does not name a MANIFEST')
  })
})
