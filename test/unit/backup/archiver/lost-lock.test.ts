// Goal: an archiver whose process lost the repository changes nothing in it. Method: the lock file names another one, as after
// a machine that was stopped for minutes; every file of the timeline is compared.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holderBytes } from '../../../../src-main/repository/own/lock/holder.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { setUp } from './set-up-archiver.ts'

const OWN = '11111111-1111-4111-8111-111111111111'
const OTHER = '22222222-2222-4222-8222-222222222222'

function holdAs(repositoryPath: string, instanceId: string): void {
  mkdirSync(join(repositoryPath, 'locks'), { recursive: true })
  const process = { host: 'h', processId: 1, processSpace: 's', processStart: '1' }
  const times = { startedAtUs: 1, heartbeatAtUs: 1, program: 'agent' as const }
  writeFileSync(join(repositoryPath, 'locks/writer.json'), holderBytes({ instanceId, ...process, ...times }).bytes)
}

function filesOf(repositoryPath: string): [string, string][] {
  const folder = join(repositoryPath, 'wal/1')
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')])
}

const busy = expect.objectContaining({ code: 'REPOSITORY_BUSY' })

test('an archiver whose lock was taken writes nothing more, and neither cuts nor closes its segment', () => {
  const repositoryPath = join(tempDir(), 'repository')
  holdAs(repositoryPath, OWN)
  const { archiver, database } = setUp({ repositoryPath, instanceId: OWN })
  database.commit(3)
  archiver.start()
  expect(archiver.step()).toMatchObject({ archivedSequence: 3 })
  holdAs(repositoryPath, OTHER)
  // the other process goes on with the same segment
  appendFileSync(join(repositoryPath, 'wal/1/00000000000000000001.wal'), 'of the other one')
  const before = filesOf(repositoryPath)
  expect(() => archiver.rotate()).toThrow(busy)
  database.commit(2)
  expect(() => archiver.step()).toThrow(busy)
  expect(() => archiver.step()).toThrow(busy)
  expect(() => archiver.closeIncrement(0)).toThrow(busy)
  archiver.stop()
  expect(filesOf(repositoryPath)).toEqual(before)
})

test('an archiver that finds commits after its lock was taken does not write them', () => {
  const repositoryPath = join(tempDir(), 'repository')
  holdAs(repositoryPath, OWN)
  const { archiver, database } = setUp({ repositoryPath, instanceId: OWN })
  database.commit(3)
  archiver.start()
  archiver.step()
  const before = filesOf(repositoryPath)
  holdAs(repositoryPath, OTHER)
  database.commit(2)
  expect(() => archiver.step()).toThrow(busy)
  expect(() => archiver.start()).toThrow(busy)
  archiver.stop()
  expect(filesOf(repositoryPath)).toEqual(before)
})

test('an archiver that ends after its lock was taken leaves its segment as it is', () => {
  const repositoryPath = join(tempDir(), 'repository')
  holdAs(repositoryPath, OWN)
  const { archiver, database } = setUp({ repositoryPath, instanceId: OWN })
  database.commit(3)
  archiver.start()
  archiver.step()
  const before = filesOf(repositoryPath)
  holdAs(repositoryPath, OTHER)
  expect(() => archiver.stop()).toThrow(busy)
  expect(filesOf(repositoryPath)).toEqual(before)
})
