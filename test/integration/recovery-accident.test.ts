// Goal: after an accident everything is brought back as it was the microsecond before, and nothing that came later. Method: a
// sandbox as a process of its own with clients that keep writing, restored over the Redis protocol and by the command line.
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { BackupClient, record } from '../support/backup-client.ts'
import { commandLine } from '../support/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { NumberedWrites, numbersIn } from '../support/numbered-writes.ts'
import { stateOfDatabase } from '../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { connectTo, startServing } from '../support/serving-process.ts'
import { tempDir } from '../support/temp-dir.ts'

vi.setConfig({ testTimeout: 120_000 })

const isoTime = (timeUs: number) =>
  new Date(Math.floor(timeUs / 1000)).toISOString().replace('Z', String(timeUs % 1000).padStart(3, '0'))

test('MATCH (n) DELETE n among continuous writers: one microsecond before, all nodes are there; at the commit, none', async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const sandbox = await startServing('sandbox', places)
  const backups = new BackupClient(await connectTo(sandbox.port))
  const writes = await NumberedWrites.start(sandbox.port, { clientCount: 3, firstNumber: 0 })
  await eventually(() => writes.acknowledged.length).toBeGreaterThan(100)
  await backups.create('FULL')
  await eventually(() => writes.acknowledged.length).toBeGreaterThan(300)
  const answeredBefore = new Set(writes.acknowledged.map(({ number }) => number))
  await backups.query('MATCH (n) DELETE n')
  const answeredUntil = new Set(writes.acknowledged.map(({ number }) => number))
  const countAfter = writes.acknowledged.length + 100
  await eventually(() => writes.acknowledged.length).toBeGreaterThan(countAfter)
  await writes.stop()
  const { last_seq } = await backups.status()
  await eventually(async () => (await backups.status()).archived_seq).toBe(last_seq)

  const points = await backups.points('LIMIT', 10_000)
  const accident = points.find(({ deletes }) => deletes > 0)!
  expect(points.filter(({ deletes }) => deletes > 0)).toEqual([accident])
  const before = isoTime(accident.time_us! - 1)
  const atOnce = isoTime(accident.time_us!)

  // over the protocol, by the words that Samyama's book shows
  const pitr = async (name: string, ...words: string[]) => {
    const path = join(folder, name)
    const reply = record(await backups.redis.call('ADMIN.PITR', 'RESTORE', ...words, 'TO', path))
    return { plan: record(reply.plan), result: record(reply.result), state: stateOfDatabase(path) }
  }
  const restored = await pitr('before', before)
  expect(restored.plan).toMatchObject({
    first_dropped_seq: accident.seq,
    first_dropped_us: accident.time_us,
    lost_commits: points.filter(({ seq }) => seq >= accident.seq).length,
    lost_deletes: accident.deletes,
    read_as: expect.stringContaining('UTC'),
  })
  expect(restored.result).toMatchObject({ path: join(folder, 'before'), proved: 1, last_seq: accident.seq - 1 })
  const numbers = numbersIn(restored.state)
  expect(numbers.size).toBe(accident.deletes)
  expect(restored.state.nodes).toHaveLength(accident.deletes)
  // each has the property that it was given: its number, which stands once
  for (const number of answeredBefore) expect(numbers.has(number)).toBe(true)
  // what was begun behind the accident is not there: at most one write of each client was under way
  const begun = [...numbers].filter((number) => !answeredUntil.has(number))
  expect(begun.length).toBeLessThanOrEqual(3)
  expect(restored.state.lastSequence).toBe(accident.seq - 1)
  expect((await pitr('exclusive', atOnce, 'EXCLUSIVE')).state).toEqual(restored.state)

  const gone = await pitr('at-the-commit', atOnce)
  expect([gone.state.nodes, gone.state.lastSequence]).toEqual([[], accident.seq + accident.count - 1])

  // by the command line, from the repository alone
  await sandbox.end()
  const { run } = commandLine()
  const cli = async (name: string, ...point: string[]) => {
    const path = join(folder, name)
    const { exitCode, stderr } = await run('restore', places.repo, ...point, '--target', path, '--proof', 'full')
    expect([exitCode, stderr]).toEqual([0, ''])
    return stateOfDatabase(path)
  }
  expect(await cli('cli-time', '--to-time', `${before}Z`)).toEqual(restored.state)
  expect(await cli('cli-before', '--before', String(accident.seq))).toEqual(restored.state)
  expect(await cli('cli-commit', '--to-time', `${atOnce}Z`)).toEqual(gone.state)
  const latest = await cli('cli-latest', '--latest')
  expect(latest.lastSequence).toBe(points.at(-1)!.seq + points.at(-1)!.count - 1)
  const later = new Set(writes.acknowledged.map(({ number }) => number).filter((number) => !answeredUntil.has(number)))
  for (const number of later) if (!numbers.has(number)) expect(numbersIn(latest).has(number)).toBe(true)
})
