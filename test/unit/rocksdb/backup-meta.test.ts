import { describe, expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { parseBackupMeta } from '../../../src-main/rocksdb/backup-meta.ts'
import { bytesOf, fixtureBytes, problemOf } from './fixtures.ts'

const V1 = '1795419192\n3\n2\nshared_checksum/000031_sABC_1026.sst crc32 5\nprivate/3/CURRENT crc32 0\n'
const parse = (text: string, id = 3) => parseBackupMeta(bytesOf(text), id, `meta/${id}`)
const problem = (text: string): string => problemOf(() => parse(text))
const file = (path: string, databaseName: string, more: object) => ({
  path,
  databaseName,
  crc32c: null,
  sizeBytes: null,
  sizeFrom: null,
  excluded: false,
  temperature: null,
  ...more,
})

describe('a backup meta file', () => {
  test('of schema 1 is read whole', () => {
    expect(parseBackupMeta(fixtureBytes('backup_v1/meta/2'), 2, 'meta/2')).toEqual({
      backupId: 2,
      schemaVersion: 1,
      createdAtS: 1795419192,
      sequence: 2,
      appMetadata: null,
      headerFields: [],
      footerFields: [],
      files: [
        file('shared_checksum/000017_sX7GQZX159AOYLXK6FHV7_988.sst', '000017.sst', {
          crc32c: 546765159,
          sizeBytes: 988,
          sizeFrom: 'name',
        }),
        file('shared_checksum/000008_sBZ71H3CED2H4UBHQ66Q2_988.sst', '000008.sst', {
          crc32c: 481134232,
          sizeBytes: 988,
          sizeFrom: 'name',
        }),
        file('private/2/MANIFEST-000019', 'MANIFEST-000019', { crc32c: 1920653065 }),
        file('private/2/CURRENT', 'CURRENT', { crc32c: 3902859974 }),
        file('private/2/OPTIONS-000021', 'OPTIONS-000021', { crc32c: 3679531975 }),
      ],
    })
  })

  test('of schema 2.1 has app metadata, blob files, logs and excluded files', () => {
    const first = parseBackupMeta(fixtureBytes('backup_v2_api/meta/1'), 1, 'meta/1')
    const third = parseBackupMeta(fixtureBytes('backup_v2_api/meta/3'), 3, 'meta/3')
    expect([first.schemaVersion, Buffer.from(first.appMetadata ?? []).toString('latin1')]).toEqual([
      '2.1',
      'app \x01 meta',
    ])
    expect(first.files.map((entry) => entry.databaseName)).toEqual([
      '000009.sst',
      '000010.blob',
      'MANIFEST-000005',
      'CURRENT',
      'OPTIONS-000007',
      '000008.log',
    ])
    expect(third.files.at(-1)).toEqual(
      file('shared_checksum/000012_s2AWL2SFY78NQGZRDW6OG_1302.sst', '000012.sst', {
        sizeBytes: 1302,
        sizeFrom: 'name',
        excluded: true,
      }),
    )
  })

  test('of schema 2 may have more fields, sizes, temperatures and a footer', () => {
    const text = [
      'schema_version 2.0',
      '10',
      '20',
      'metadata 00ff',
      'note two words',
      '2',
      'shared/000001.sst size 55 crc32 7 temp kCold later x',
      'private/3/000002.log',
      '// FOOTER',
      'end of it',
      '',
    ].join('\n')
    expect(parse(text)).toEqual({
      backupId: 3,
      schemaVersion: '2.0',
      createdAtS: 10,
      sequence: 20,
      appMetadata: Uint8Array.of(0, 255),
      headerFields: [{ name: 'note', data: 'two words' }],
      footerFields: [{ name: 'end', data: 'of it' }],
      files: [
        file('shared/000001.sst', '000001.sst', { crc32c: 7, sizeBytes: 55, sizeFrom: 'field', temperature: 'kCold' }),
        file('private/3/000002.log', '000002.log', {}),
      ],
    })
  })

  test.each([
    ['000001_s0123456789ABCDEFGHIJ.sst', '000001.sst', null],
    ['000001_s0123456789ABCDEFGHIJ_42.sst', '000001.sst', 42],
    ['000001_490828903_298.blob', '000001.blob', 298],
    ['000001_490828903_298.sst', '000001.sst', 298],
    ['000001_490828903.sst', '000001.sst', null],
  ])('gives the shared name %s its database name and size', (name, databaseName, sizeBytes) => {
    const [entry] = parse(`1\n1\n1\nshared_checksum/${name} crc32 1\n`).files
    expect([entry?.databaseName, entry?.sizeBytes]).toEqual([databaseName, sizeBytes])
  })

  test.each([
    '../etc/passwd',
    '/etc/passwd',
    'private/3/../../x',
    'private/3/..',
    'private/3/.hidden',
    'private/2/CURRENT',
    'private/03/CURRENT',
    'private/3/sub/CURRENT',
    'private\\3\\CURRENT',
    'shared/a/b',
    'shared/CURRENT/',
    'shared_checksum/000001.sst',
    'shared_checksum/.000001_s1_2.sst',
    'shared/evil.exe',
    'private/3/LOCK',
    'private/3/000001.sst\0',
    'private/3/99999999999999999999.sst',
    'meta/3',
    '',
  ])('is refused for the path %j, which it names with the line', (path) => {
    const message = problem(`1\n1\n1\n${path} crc32 1\n`)
    expect(message).toContain('meta/3 at byte 6: meta line 4: ')
    expect(message).toContain(JSON.stringify(path).slice(1, -1))
  })

  test.each([
    ['no final line feed', V1.slice(0, -1), 'does not end in a line feed'],
    ['carriage returns', V1.replaceAll('\n', '\r\n'), 'meta line 1: not a number'],
    ['a missing file', V1.replace('\n2\n', '\n3\n'), 'wrong number of files (expected 3, found "2")'],
    ['2^32 files', V1.replace('\n2\n', '\n4294967296\n'), 'wrong number of files (expected 4294967296, found "2")'],
    ['a file too many', V1.replace('\n2\n', '\n1\n'), 'wrong number of files'],
    ['a crc with leading zeros', V1.replace('crc32 5', 'crc32 05'), 'meta line 4: invalid crc32'],
    ['a crc beyond 32 bits', V1.replace('crc32 5', 'crc32 4294967296'), 'invalid crc32'],
    ['two spaces', V1.replace('crc32 5', 'crc32  5'), 'meta line 4: a field without a value'],
    ['no crc in schema 1', V1.replace(' crc32 5', ''), 'not a schema 1 file line'],
    ['more fields in schema 1', V1.replace('crc32 5', 'crc32 5 size 1'), 'not a schema 1 file line'],
    [
      'a field in the header of schema 1',
      V1.replace('\n2\n', '\nnote x\n2\n'),
      'neither a number of files nor app metadata',
    ],
    ['odd hex', V1.replace('\n2\n', '\nmetadata abc\n2\n'), 'meta line 3: app metadata is not hexadecimal'],
    [
      'the same path twice',
      V1.replace('private/3/CURRENT crc32 0', 'shared_checksum/000031_sABC_1026.sst crc32 5'),
      'meta line 5: two files would be the same file',
    ],
    [
      'two paths with one name',
      V1.replace('private/3/CURRENT', 'private/3/000031.sst'),
      'meta line 5: two files would be the same file',
    ],
    [
      'two spellings of one number',
      V1.replace('private/3/CURRENT', 'private/3/31.ldb'),
      'meta line 5: two files would be the same file',
    ],
    ['schema 3', `schema_version 3.0\n${V1}`, 'meta line 1: unknown schema version (expected 2 or 2.x, found "3.0")'],
    [
      'an unknown ni field',
      `schema_version 2.0\n${V1.replace('crc32 5', 'ni::new 5')}`,
      'must be understood (found "ni::new")',
    ],
    ['an unknown ni header', `schema_version 2.0\n${V1.replace('\n2\n', '\nni::x y\n2\n')}`, 'must be understood'],
    ['an unknown ni footer', `schema_version 2.0\n${V1}// FOOTER\nni::x y\n`, 'must be understood'],
    ['an empty line', V1.replace('private', '\nprivate'), 'meta line 5: the path is not one'],
    ['nothing', '', 'does not end in a line feed'],
    ['a negative time', V1.replace('1795419192', '-1'), 'meta line 1: not a number'],
    ['a very long line', `1\n1\n1\n${'a'.repeat(limits.metaLineBytesMax + 1)}\n`, 'meta line 4: the line is too long'],
    ['too much app metadata', `1\n1\nmetadata ${'00'.repeat(1_100_000)}\n0\n`, 'meta line 3: the line is too long'],
  ])('is refused with %s', (_name, text, part) => {
    expect(problem(text)).toContain(part)
  })

  test('is refused when the file is too large, before it is read', () => {
    const large = new Uint8Array(limits.metaFileBytesMax + 1)
    expect(problemOf(() => parseBackupMeta(large, 1, 'meta/1'))).toContain('the meta file is too large')
  })

  test('counts excluded files apart', () => {
    const text = `schema_version 2.1\n1\n1\n1\nprivate/3/CURRENT crc32 0\nshared/000009.sst ni::excluded true\n`
    expect(parse(text).files.map((entry) => entry.excluded)).toEqual([false, true])
  })
})
