// Goal: the demonstration is ready soon, and everything it tells can be followed to the end: the accident is found in the
// repository, and the full backup is restored. Method: the sandbox and the command line as processes.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { commandLine } from '../../support/command-line.ts'
import { stateInRepository, stateOfDatabase } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

type Ready = { accidentAtUs: number; lastGoodSequence: number; fullId: number; incrementIds: number[] }

test('the demo is ready, its accident is found, and what it lost can be brought back', {
  timeout: 120_000,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const startedAtMs = performance.now()
  const sandbox = await startServing('sandbox', places, { args: ['--demo'] })
  const eventOf = (name: string) =>
    sandbox.command
      .stdout()
      .split('\n')
      .find((line) => line.includes(`"event":"${name}"`))
  await expect.poll(() => eventOf('demo-ready'), { timeout: 90_000 }).toBeDefined()
  console.info(`the demo was ready after ${Math.round(performance.now() - startedAtMs)} ms`)
  const ready = JSON.parse(eventOf('demo-ready')!) as Ready
  const backups = new BackupClient(await connectTo(sandbox.port))
  const rows = await backups.list()
  expect(rows.map(({ id, kind, label }) => ({ id, kind, label }))).toEqual([
    { id: ready.incrementIds[1], kind: 'incremental', label: 'before the clean-up' },
    { id: ready.incrementIds[0], kind: 'incremental', label: 'noon' },
    { id: ready.fullId, kind: 'full', label: 'nightly' },
  ])
  expect(await backups.query('MATCH (c:Customer) RETURN count(c)')).toEqual([[0]])
  expect(await backups.status()).toMatchObject({ archive_lag_us: 0, job: null })
  const [accident] = await backups.points('FROM', ready.accidentAtUs, 'LIMIT', 1)
  expect(accident).toMatchObject({ seq: ready.lastGoodSequence + 1, time_us: ready.accidentAtUs, puts: 0 })
  expect(await backups.verify(rows[0]!.id, 'deep')).toMatchObject({ result: 'passed', problems: [] })

  const { run, runJson } = commandLine()
  const found = await runJson('commits', places.repo, String(ready.fullId), '--accidents')
  expect(found).toMatchObject({ exitCode: 0 })
  const { findings } = found.answer as { findings: { kind: string; sequenceBefore: number; committedAtUs: number }[] }
  expect(findings).toContainEqual(
    expect.objectContaining({
      kind: 'mass-delete',
      sequenceBefore: ready.lastGoodSequence,
      committedAtUs: ready.accidentAtUs,
    }),
  )
  const customersIn = ({ nodes }: ReturnType<typeof stateOfDatabase>) =>
    nodes.filter(({ labels }) => labels.includes('Customer')).length
  expect(customersIn(stateInRepository(places.repo, ready.fullId, ready.lastGoodSequence))).toBeGreaterThan(1000)
  expect(customersIn(stateInRepository(places.repo, ready.fullId, ready.lastGoodSequence + accident!.count))).toBe(0)

  const target = join(folder, 'restored')
  expect(await run('restore', places.repo, '--backup', String(ready.fullId), '--to', target)).toMatchObject({
    exitCode: 0,
  })
  const restored = stateOfDatabase(target)
  expect(restored.lastSequence).toBe(rows[2]!.last_seq)
  // a sandbox of its own goes on with it
  const other = await startServing('sandbox', { data: target, repo: join(folder, 'other') })
  const again = new BackupClient(await connectTo(other.port))
  expect(await again.query('MATCH (c:Customer) RETURN count(c)')).toEqual([[customersIn(restored)]])
  expect(customersIn(restored)).toBeGreaterThan(1000)
})
