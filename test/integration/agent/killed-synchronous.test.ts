// Goal: what a synchronous sandbox acknowledged can never be lost. Method: clients create numbered nodes and note which were
// acknowledged; the process is killed at a random instant, again and again on the same directories. Each time everything
// acknowledged must be in the database, and in the repository alone.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Random } from '../../../src-main/sandbox/demo/random.ts'
import { BackupClient } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { inRun, isLongRun, printedSeed } from '../../support/long-run.ts'
import { NumberedWrites, numbersIn } from '../../support/numbered-writes.ts'
import { gapsOf, newestInRepository, stateOfDatabase } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

const ROUNDS = inRun({ short: 10, long: 100 })

test('everything that a synchronous sandbox acknowledged is in the repository when it is killed', {
  timeout: isLongRun ? 3_600_000 : 180_000,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const seed = printedSeed('killed, synchronous')
  const random = new Random(seed)
  const acknowledged = new Set<number>()
  const timelines: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const sandbox = await startServing('sandbox', places, { args: ['--sync'] })
    const backups = new BackupClient(await connectTo(sandbox.port))
    const [[nodeCount]] = (await backups.query('MATCH (w:Write) RETURN count(w)')) as [[number]]
    expect(nodeCount).toBeGreaterThanOrEqual(acknowledged.size)
    timelines.push((await backups.status()).timeline)
    if (round === 0) await backups.create('FULL')
    const writes = await NumberedWrites.start(sandbox.port, { clientCount: 4, firstNumber: round * 1_000_000 })
    // a backup may be in the middle of anything when the end comes
    const making = random.isLucky(0.5) ? backups.create(random.isLucky(0.5) ? 'FULL' : 'INCREMENTAL') : null
    making?.catch(() => {})
    const writesMin = random.between(0, 150)
    await eventually(() => writes.acknowledged.length).toBeGreaterThanOrEqual(writesMin)
    await sandbox.kill()
    await writes.ended()
    for (const { number } of writes.acknowledged) acknowledged.add(number)

    const missingIn = (found: Set<number>) => [...acknowledged].filter((number) => !found.has(number))
    expect({
      database: missingIn(numbersIn(stateOfDatabase(places.data))),
      repository: missingIn(numbersIn(newestInRepository(places.repo))),
      gaps: gapsOf(places.repo),
    }).toEqual({ database: [], repository: [], gaps: [] })
  }
  expect(timelines).toEqual(timelines.map(() => '1'))
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 10)
  console.info(`${ROUNDS} kills, ${acknowledged.size} acknowledged writes, none lost`)
})
