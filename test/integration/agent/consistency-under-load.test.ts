// Goal: every backup that is taken while clients write is one instant of the database. Method: clients move money between
// accounts of a sandbox, whose sum never changes; its own agent, and a second one that copies the same files from outside, take
// backups meanwhile; each is opened with the product's reader, the full ones without any archive.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { BankClients, bankProblems } from '../../support/bank-clients.ts'
import { eventually } from '../../support/eventually.ts'
import { inRun, isLongRun, printedSeed } from '../../support/long-run.ts'
import { gapsOf, stateInRepository } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

const FULLS = inRun({ short: 4, long: 20 })
const INCREMENTS_PER_FULL = inRun({ short: 2, long: 2.5 })

/** Takes all backups of one agent, each after clients have got on. */
async function takeBackups(backups: BackupClient, bank: BankClients): Promise<void> {
  let incrementCount = 0
  for (let fullCount = 1; fullCount <= FULLS; fullCount += 1) {
    await backups.create('FULL')
    for (; incrementCount < fullCount * INCREMENTS_PER_FULL; incrementCount += 1) {
      const before = bank.answeredCount
      await eventually(() => bank.answeredCount).toBeGreaterThan(before + 10)
      await backups.create('INCREMENTAL')
    }
  }
}

type Outcome = { id: number; kind: string; problems: string[]; isAtSequence: boolean }

/** Every backup as it is read back. */
async function readBack(backups: BackupClient, repo: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { id, kind, last_seq } of await backups.list()) {
    const { chain } = await backups.info(id)
    const upToSequence = kind === 'full' ? null : last_seq
    const state = stateInRepository(repo, chain[0]!, upToSequence)
    outcomes.push({ id, kind, problems: bankProblems(state), isAtSequence: state.lastSequence === last_seq })
  }
  return outcomes.reverse()
}

test('full and incremental backups under load are instants, of the own agent and of one beside it', {
  timeout: isLongRun ? 900_000 : 120_000,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const data = join(folder, 'data')
  const own = { data, repo: join(folder, 'own') }
  const beside = { data, repo: join(folder, 'beside') }
  const sandbox = await startServing('sandbox', own)
  const seed = printedSeed('consistency under load')
  const bank = await BankClients.start(sandbox.port, { clientCount: 4, seed })
  const agent = await startServing('agent', beside)
  const inside = new BackupClient(await connectTo(sandbox.port))
  const outside = new BackupClient(await connectTo(agent.port))
  await Promise.all([takeBackups(inside, bank), takeBackups(outside, bank)])
  await bank.stop()

  const expected = Array.from({ length: FULLS * (1 + INCREMENTS_PER_FULL) }, (_, index) => ({
    id: index + 1,
    problems: [],
    isAtSequence: true,
  }))
  const kinds = (outcomes: Outcome[]) => outcomes.filter(({ kind }) => kind === 'full').length
  for (const [backups, { repo }] of [
    [inside, own],
    [outside, beside],
  ] as const) {
    const outcomes = await readBack(backups, repo)
    expect(kinds(outcomes)).toBe(FULLS)
    expect(outcomes.map(({ kind: _kind, ...rest }) => rest)).toEqual(expected)
    expect(gapsOf(repo)).toEqual([])
    const last = (await backups.list('LIMIT', 1))[0]!
    expect(await backups.verify(last.id, 'deep')).toMatchObject({ result: 'passed', problems: [] })
  }
  console.info(`${bank.answeredCount} transactions, ${expected.length} backups by each of two agents`)
})
