// Goal: a catalogue is brought to the present schema step by step, or refused and left as it is.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { migrate } from '../../../src-main/catalog/migrate.ts'
import { openCatalog } from '../../../src-main/catalog/open.ts'
import { tempDir } from '../../support/temp-dir.ts'

const schemaOf = (database: Database.Database) =>
  database.prepare("select type, name, sql from sqlite_master where name not like 'sqlite_%' order by name").all()
const versionOf = (database: Database.Database) => database.pragma('user_version', { simple: true })

test('migrating step by step, with data in it, comes to the schema of a new catalogue', () => {
  const stepwise = new Database(':memory:')
  migrate(stepwise, 'memory', 10)
  expect(versionOf(stepwise)).toBe(10)
  stepwise.prepare("insert into source (path, name, opened_at_us) values ('/srv/b', 'b', 1)").run()
  migrate(stepwise, 'memory', 20)
  expect(versionOf(stepwise)).toBe(20)
  migrate(stepwise, 'memory')
  const fresh = new Database(':memory:')
  migrate(fresh, 'memory')
  expect(schemaOf(stepwise)).toEqual(schemaOf(fresh))
  expect(versionOf(stepwise)).toEqual(versionOf(fresh))
  expect(stepwise.prepare('select path from source').pluck().all()).toEqual(['/srv/b'])
})

test('opening it again changes nothing', () => {
  const path = join(tempDir(), 'deep', 'folder', 'catalog.db')
  openCatalog(path).close()
  const before = readFileSync(path)
  openCatalog(path).close()
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a catalogue of a newer version is refused and left as it is', () => {
  const path = join(tempDir(), 'catalog.db')
  const newer = openCatalog(path)
  newer.exec('create table of_the_future (a)')
  const futureVersion = Number(versionOf(newer)) + 1
  newer.pragma(`user_version = ${futureVersion}`)
  newer.close()
  expect(() => openCatalog(path)).toThrow(
    expect.objectContaining({
      code: 'CATALOG_UNUSABLE',
      facts: expect.objectContaining({
        message: 'the catalogue was written by a newer version of Lifeboat',
        subject: path,
      }),
    }),
  )
  const again = new Database(path)
  expect([
    versionOf(again),
    again.prepare("select count(*) from sqlite_master where name = 'of_the_future'").pluck().get(),
  ]).toEqual([futureVersion, 1])
  again.close()
})

test.each([
  ['is not one', () => Buffer.from('certainly not a database, and longer than a header is, by far, to be sure')],
  ['is cut', (whole: Buffer) => whole.subarray(0, 5000)],
  [
    'has a damaged first page',
    (whole: Buffer) => Buffer.concat([whole.subarray(0, 100), Buffer.alloc(4000, 0xff), whole.subarray(4100)]),
  ],
])('a catalogue that %s is an error that says so', (_what, damaged) => {
  const path = join(tempDir(), 'catalog.db')
  openCatalog(path).close()
  writeFileSync(path, damaged(readFileSync(path)))
  expect(() => openCatalog(path)).toThrow(expect.objectContaining({ code: 'CATALOG_UNUSABLE' }))
})

test('a folder that cannot be made is an error that says so', () => {
  const file = join(tempDir(), 'file')
  writeFileSync(file, '')
  expect(() => openCatalog(join(file, 'catalog.db'))).toThrow(expect.objectContaining({ code: 'CATALOG_UNUSABLE' }))
})
