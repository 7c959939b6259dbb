// Goal: an archive never mixes two histories, and never hides that something is missing. Method: the directory of a sandbox is
// replaced by an older copy of itself, logs are deleted while no agent looks; what LIST, STATUS and CREATE say then.
import { cpSync, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { numbersIn } from '../../support/numbered-writes.ts'
import { gapsOf, newestInRepository, stateInRepository } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, type Serving, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

const clientOf = async ({ port }: Serving) => new BackupClient(await connectTo(port))
const write = async (backups: BackupClient, ...numbers: number[]) => {
  for (const number of numbers) await backups.query(`CREATE (:Write {number: ${number}})`)
}
const sorted = (numbers: Iterable<number>) => [...numbers].sort((left, right) => left - right)

describe('a database that was put back', () => {
  test('goes on on a new timeline; the old one stays as it was', { timeout: 60_000 }, async (context) => {
    skipWithoutRocksdbNative(context)
    const folder = tempDir()
    const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
    let sandbox = await startServing('sandbox', places)
    let backups = await clientOf(sandbox)
    await write(backups, 1, 2)
    await backups.create('FULL')
    await write(backups, 3)
    await sandbox.end()
    cpSync(places.data, join(folder, 'older'), { recursive: true })

    sandbox = await startServing('sandbox', places)
    backups = await clientOf(sandbox)
    await write(backups, 4, 5)
    expect(await backups.create('INCREMENTAL')).toBe(2)
    await sandbox.end()
    rmSync(places.data, { recursive: true })
    renameSync(join(folder, 'older'), places.data)

    sandbox = await startServing('sandbox', places)
    backups = await clientOf(sandbox)
    await write(backups, 6)
    await eventually(async () => (await backups.status()).timeline).toBe('2')
    expect(await backups.refusal('CREATE', 'INCREMENTAL')).toMatch(/^CHAIN /)
    expect(await backups.create()).toBe(3)
    await write(backups, 7)
    expect(await backups.create()).toBe(4)
    expect((await backups.list()).map(({ id, kind, state, base }) => ({ id, kind, state, base }))).toEqual([
      { id: 4, kind: 'incremental', state: 'ok', base: 3 },
      { id: 3, kind: 'full', state: 'ok', base: null },
      { id: 2, kind: 'incremental', state: 'ok', base: 1 },
      { id: 1, kind: 'full', state: 'ok', base: null },
    ])
    await eventually(async () => (await backups.status()).archive_lag_us).toBe(0)
    const all = Number.MAX_SAFE_INTEGER
    expect(sorted(numbersIn(stateInRepository(places.repo, 1, all)))).toEqual([1, 2, 3, 4, 5])
    expect(sorted(numbersIn(stateInRepository(places.repo, 3, all)))).toEqual([1, 2, 3, 6, 7])
    for (const id of [2, 4]) expect(await backups.verify(id, 'deep')).toMatchObject({ result: 'passed', problems: [] })
    expect([gapsOf(places.repo, '1'), gapsOf(places.repo, '2')]).toEqual([[], []])
  })
})

describe('logs that were deleted while no agent looked', () => {
  test('are a gap, which incremental backups do not pass over and a full one heals', {
    timeout: 60_000,
  }, async (context) => {
    skipWithoutRocksdbNative(context)
    const folder = tempDir()
    const data = join(folder, 'data')
    const beside = { data, repo: join(folder, 'beside') }
    const sandbox = await startServing('sandbox', { data, repo: join(folder, 'own') })
    const inside = await clientOf(sandbox)
    await write(inside, 1)
    let agent = await startServing('agent', beside)
    let outside = await clientOf(agent)
    await outside.create('FULL')
    await write(inside, 2)
    await outside.create('INCREMENTAL')
    await agent.end()
    await write(inside, 3, 4)
    // which flushes: the log is not needed any more
    await inside.create('FULL')
    await write(inside, 5)
    const archived = readdirSync(join(data, 'archive')).filter((name) => name.endsWith('.log'))
    expect(archived.length).toBeGreaterThan(0)
    for (const name of archived) unlinkSync(join(data, 'archive', name))

    agent = await startServing('agent', beside)
    outside = await clientOf(agent)
    await eventually(async () => (await outside.status()).archived_seq).toBe(10)
    expect(gapsOf(beside.repo)).toEqual([{ afterSequence: 4, beforeSequence: 9 }])
    expect(await outside.refusal('CREATE', 'INCREMENTAL')).toMatch(/^CHAIN .*gap.*between 4 and 9.*CREATE FULL/)
    expect((await outside.list()).map(({ id }) => id)).toEqual([2, 1])
    const full = await outside.create('FULL')
    await write(inside, 6)
    const increment = await outside.create('INCREMENTAL')
    expect((await outside.info(increment)).chain).toEqual([full, increment])
    expect(await outside.verify(increment, 'deep')).toMatchObject({ result: 'passed', problems: [] })
    expect(sorted(numbersIn(newestInRepository(beside.repo)))).toEqual([1, 2, 3, 4, 5, 6])
    expect((await outside.status()).timeline).toBe('1')
  })
})
