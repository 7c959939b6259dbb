import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Archiver, type ArchiverOptions } from '../../../../src-main/backup/archiver/archiver.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { FakeDatabase } from './fake-database.ts'
import { ManualClock } from './manual-clock.ts'

/** An archiver over a database whose logs are written by hand. */
export function setUp(
  options: Partial<ArchiverOptions> = {},
  database = new FakeDatabase(join(tempDir(), 'database')),
) {
  const repositoryPath = options.repositoryPath ?? join(tempDir(), 'repository')
  if (!existsSync(repositoryPath)) mkdirSync(repositoryPath)
  const clock = new ManualClock()
  const archiver = new Archiver({
    databaseDirectory: database.path,
    repositoryPath,
    timeline: '1',
    clock,
    ...options,
  })
  return { archiver, database, repositoryPath, clock }
}

export type SetUp = ReturnType<typeof setUp>

/** Another run over the same database and repository. */
export function again({ database, repositoryPath }: SetUp, options: Partial<ArchiverOptions> = {}): SetUp {
  return setUp({ ...options, repositoryPath }, database)
}

export const hex = (payloads: readonly Buffer[]) => payloads.map((payload) => payload.toString('hex'))
export const gapsFile = (repositoryPath: string) =>
  JSON.parse(readFileSync(join(repositoryPath, 'wal/1/gaps.json'), 'utf8')).body.gaps as object[]
