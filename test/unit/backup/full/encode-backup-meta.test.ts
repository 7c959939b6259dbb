// Goal: what a new meta file says is what every reader gets. Method: random backups, written and parsed again; seeds are
// printed by fast-check.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '#base/assert.ts'
import { encodeFullMetadata } from '../../../../src-main/backup/full/application-metadata.ts'
import { parseBackupMeta } from '../../../../src-main/rocksdb/backup-meta.ts'
import { encodeBackupMeta, type NewBackupMeta } from '../../../../src-main/rocksdb/meta/encode-backup-meta.ts'

const size = fc.maxSafeNat()
const number = fc.integer({ min: 1, max: 999_999_999 })
const crc = fc.integer({ min: 0, max: 0xffffffff })
const sessionId = fc.stringMatching(/^[0-9A-Z]{20}$/)

const sixDigits = (value: number) => String(value).padStart(6, '0')

const name = fc.oneof(
  fc.tuple(number, sessionId, size).map(([file, session, bytes]) => ({
    path: `shared_checksum/${sixDigits(file)}_s${session}_${bytes}.sst`,
    databaseName: `${sixDigits(file)}.sst`,
  })),
  fc.tuple(number, crc, size).map(([file, checksum, bytes]) => ({
    path: `shared_checksum/${sixDigits(file)}_${checksum}_${bytes}.blob`,
    databaseName: `${sixDigits(file)}.blob`,
  })),
  number.map((file) => ({ path: `private/7/${sixDigits(file)}.log`, databaseName: `${sixDigits(file)}.log` })),
  number.map((file) => ({
    path: `private/7/MANIFEST-${sixDigits(file)}`,
    databaseName: `MANIFEST-${sixDigits(file)}`,
  })),
)

const file = fc.record({ name, crc32c: crc, sizeBytes: size })

test('every backup is parsed as it was written', () => {
  const backup = fc.record({
    createdAtS: fc.maxSafeNat(),
    sequence: fc.maxSafeNat(),
    appMetadata: fc.option(fc.uint8Array({ maxLength: 300 })),
    files: fc.uniqueArray(file, { selector: (each) => each.name.databaseName, maxLength: 30 }),
  })
  fc.assert(
    fc.property(backup, ({ createdAtS, sequence, appMetadata, files }) => {
      const listed = files.map(({ name: { path }, crc32c, sizeBytes }) => ({ path, crc32c, sizeBytes }))
      const bytes = encodeBackupMeta({ backupId: 7, createdAtS, sequence, appMetadata, files: listed })
      expect(parseBackupMeta(bytes, 7, 'meta/7')).toEqual({
        backupId: 7,
        schemaVersion: '2.0',
        createdAtS,
        sequence,
        appMetadata: appMetadata === null ? null : new Uint8Array(appMetadata),
        files: files.map(({ name: { path, databaseName }, crc32c, sizeBytes }) => ({
          path,
          databaseName,
          crc32c,
          sizeBytes,
          sizeFrom: 'field',
          excluded: false,
          temperature: null,
        })),
        headerFields: [],
        footerFields: [],
      })
    }),
  )
})

test('the text is that of the format', () => {
  const files = [
    { path: 'shared_checksum/000008_sABCDEFGHIJKLMNOPQRST_988.sst', crc32c: 481134232, sizeBytes: 988 },
    { path: 'private/3/CURRENT', crc32c: 0, sizeBytes: 16 },
  ]
  const bytes = encodeBackupMeta({
    backupId: 3,
    createdAtS: 5,
    sequence: 9,
    appMetadata: Uint8Array.of(0xab, 1),
    files,
  })
  expect(Buffer.from(bytes).toString('latin1')).toBe(
    [
      'schema_version 2.0',
      '5',
      '9',
      'metadata AB01',
      '2',
      'shared_checksum/000008_sABCDEFGHIJKLMNOPQRST_988.sst crc32 481134232 size 988',
      'private/3/CURRENT crc32 0 size 16',
      '',
    ].join('\n'),
  )
})

const sound: NewBackupMeta = { backupId: 3, createdAtS: 5, sequence: 9, appMetadata: null, files: [] }

test.each<[what: string, change: Partial<NewBackupMeta>]>([
  ['a path out of the repository', { files: [{ path: '../000001.sst', crc32c: 1, sizeBytes: 1 }] }],
  ['the private directory of another backup', { files: [{ path: 'private/4/CURRENT', crc32c: 1, sizeBytes: 1 }] }],
  ['a checksum of more than 32 bits', { files: [{ path: 'private/3/CURRENT', crc32c: 2 ** 32, sizeBytes: 1 }] }],
  ['a negative size', { files: [{ path: 'private/3/CURRENT', crc32c: 1, sizeBytes: -1 }] }],
  ['a broken time', { createdAtS: 1.5 }],
  ['more application metadata than engines read', { appMetadata: new Uint8Array(1024 * 1024 + 1) }],
])('%s is a bug', (_what, change) => {
  expect(() => encodeBackupMeta({ ...sound, ...change })).toThrow(AssertionError)
})

test('application metadata is the JSON of the repository format', () => {
  const metadata = {
    timeline: '2',
    firstSequence: 4,
    lastSequence: 9,
    createdAtUs: 77,
    lastCommitAtUs: 70,
    label: 'Größe "1"',
  }
  const text = new TextDecoder().decode(encodeFullMetadata(metadata))
  expect(text).toBe(
    '{"lifeboat":1,"timeline":"2","firstSequence":4,"lastSequence":9,"createdAtUs":77,"lastCommitAtUs":70,"label":"Größe \\"1\\""}',
  )
})
