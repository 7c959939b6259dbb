// Goal: an agent that dies loses nothing that the database still has, and what an asynchronous sandbox could lose is never more
// than its STATUS says. Method: processes are killed at random instants while numbered nodes are written, and started again on
// the same directories; the repository alone is compared with what was acknowledged.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Random } from '../../../src-main/sandbox/demo/random.ts'
import { BackupClient } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { inRun, isLongRun, printedSeed } from '../../support/long-run.ts'
import { NumberedWrites, numbersIn } from '../../support/numbered-writes.ts'
import { gapsOf, newestInRepository, stateOfDatabase } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, type Places, type Serving, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

const ROUNDS = inRun({ short: 3, long: 30 })
const timeout = isLongRun ? 3_600_000 : 120_000

function placesIn(folder: string): { own: Places; beside: Places } {
  const data = join(folder, 'data')
  return { own: { data, repo: join(folder, 'own') }, beside: { data, repo: join(folder, 'beside') } }
}

const clientOf = async ({ port }: Serving) => new BackupClient(await connectTo(port))

/** Everything that the database has now is archived. */
async function expectCaughtUp(sandbox: Serving, agent: Serving): Promise<void> {
  const [inside, outside] = [await clientOf(sandbox), await clientOf(agent)]
  const { last_seq } = await inside.status()
  await eventually(async () => (await outside.status()).archived_seq).toBeGreaterThanOrEqual(last_seq)
}

const sorted = (numbers: Iterable<number>) => [...numbers].sort((left, right) => left - right)

test('an agent that is killed while the database is written goes on without a gap, also when both are killed', {
  timeout,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const { own, beside } = placesIn(tempDir())
  const random = new Random(printedSeed('killed agent'))
  const acknowledged: number[] = []
  let sandbox = await startServing('sandbox', own)
  let agent = await startServing('agent', beside)
  await (await clientOf(agent)).create('FULL')
  for (let round = 0; round < ROUNDS; round += 1) {
    const writes = await NumberedWrites.start(sandbox.port, { clientCount: 3, firstNumber: round * 1_000_000 })
    const written = (count: number) => eventually(() => writes.acknowledged.length).toBeGreaterThan(count)
    await written(random.between(20, 200))
    // a backup may be in the middle of anything
    const making = (await clientOf(agent)).create(random.isLucky(0.5) ? 'FULL' : 'INCREMENTAL').catch(() => {})
    await written(writes.acknowledged.length + random.between(0, 60))
    await agent.kill()
    await making
    // what is flushed meanwhile is in logs that the database does not need any more
    await (await clientOf(sandbox)).create('FULL')
    await written(writes.acknowledged.length + 20)
    if (round % 2 === 1) {
      await sandbox.kill()
      await writes.ended()
      sandbox = await startServing('sandbox', own)
    } else {
      await writes.stop()
    }
    agent = await startServing('agent', beside)
    await expectCaughtUp(sandbox, agent)
    acknowledged.push(...writes.acknowledged.map(({ number }) => number))
    const outside = await clientOf(agent)
    expect(await outside.create('INCREMENTAL')).toBeGreaterThan(round)
    const rows = await outside.list()
    expect(rows.map(({ id, state }) => ({ id, state }))).toEqual(rows.map(({ id }) => ({ id, state: 'ok' })))
    expect([(await outside.status()).timeline, gapsOf(beside.repo)]).toEqual(['1', []])
  }
  await sandbox.end()
  await agent.end()
  const inDatabase = sorted(numbersIn(stateOfDatabase(own.data)))
  expect(sorted(numbersIn(newestInRepository(beside.repo)))).toEqual(inDatabase)
  expect(sorted(numbersIn(newestInRepository(own.repo)))).toEqual(inDatabase)
  expect(new Set(inDatabase)).toEqual(new Set([...inDatabase, ...acknowledged]))
  console.info(`${ROUNDS} kills, ${acknowledged.length} acknowledged writes`)
})

test('what the archive lacks when an asynchronous sandbox is killed is younger than the lag that STATUS told', {
  timeout,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const { own } = placesIn(tempDir())
  const random = new Random(printedSeed('killed, asynchronous'))
  const acknowledged: number[] = []
  const lagsUs: number[] = []
  let lostCount = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const sandbox = await startServing('sandbox', own)
    const backups = await clientOf(sandbox)
    if (round === 0) await backups.create('FULL')
    const writes = await NumberedWrites.start(sandbox.port, { clientCount: 6, firstNumber: round * 1_000_000 })
    await eventually(() => writes.acknowledged.length).toBeGreaterThan(random.between(20, 300))
    const askedAtUs = Date.now() * 1000
    const { archive_lag_us, timeline } = await backups.status()
    await sandbox.kill()
    await writes.ended()
    lagsUs.push(archive_lag_us)
    expect(timeline).toBe('1')

    const archived = numbersIn(newestInRepository(own.repo))
    const isSafe = (answeredAtUs: number) => answeredAtUs < askedAtUs - archive_lag_us
    const lost = writes.acknowledged.filter(({ number }) => !archived.has(number))
    lostCount += lost.length
    expect(lost.filter(({ answeredAtUs }) => isSafe(answeredAtUs))).toEqual([])
    // the database survives the end of the process, and then nothing is lost
    acknowledged.push(...writes.acknowledged.map(({ number }) => number))
    const inDatabase = numbersIn(stateOfDatabase(own.data))
    expect(acknowledged.filter((number) => !inDatabase.has(number))).toEqual([])
  }
  const sandbox = await startServing('sandbox', own)
  await sandbox.end()
  const archived = numbersIn(newestInRepository(own.repo))
  expect(acknowledged.filter((number) => !archived.has(number))).toEqual([])
  expect(gapsOf(own.repo)).toEqual([])
  console.info(
    `lags in µs: ${lagsUs.join(' ')}; ${lostCount} writes were behind the archive, and came with the restart`,
  )
})
