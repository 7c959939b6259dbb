// Goal: a base that turns out to be damaged gives way to another one, with what the two share kept; without another one nothing is
// left. Method: full backups of a real database that share tables; a byte of one, a file of one, is damaged, cut or removed before
// or while it is copied.
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RecoveryPlan } from '#contract'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { readMeta } from '../../src-main/repository/read-meta.ts'
import { recoverWithAlternatives } from '../../src-main/restore/recovery/recover-with-alternatives.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { cutFile, filesIn, flipByte } from '../support/fixtures.ts'
import { printedSeed } from '../support/long-run.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { RecoveryWorld } from '../support/recovery-world.ts'
import { skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { rowsOf } from './backup-full/support.ts'

/** Three fulls; the point lies behind the newest. */
async function world(): Promise<RecoveryWorld> {
  const made = await RecoveryWorld.create(printedSeed('recovery with alternatives'))
  for (const backupId of [1, 2, 3]) {
    await made.write(150)
    await made.flush('nodes')
    made.takeFull(backupId)
  }
  await made.write(80)
  await made.close()
  return made
}

/** Files of one full that no other has. */
function ownFiles(repositoryPath: string, backupId: number): string[] {
  const filesOf = (id: number) => readMeta(new BackupDirectory(repositoryPath), id).meta.files.map(({ path }) => path)
  const others = [1, 2, 3].filter((id) => id !== backupId).flatMap(filesOf)
  return filesOf(backupId).filter((path) => !others.includes(path))
}

const tableOf = (paths: readonly string[]) => paths.find((path) => path.endsWith('.sst'))!
const replanOf = (repositoryPath: string) => async (excluded: readonly number[]) =>
  planFor(repositoryPath, { kind: 'latest' }, excluded)

async function thrownBy(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}

test.for([
  ['a byte of a table is damaged', (path: string) => flipByte(path, 20)],
  ['a table was cut', (path: string) => cutFile(path, 50)],
  ['a table is gone', (path: string) => rmSync(path)],
] as const)('when %s, the recovery goes on from the next older base', async ([_what, damage], context) => {
  skipWithoutRocksdbNative(context)
  const { repositoryPath, ...made } = await world()
  const plan = planFor(repositoryPath, { kind: 'latest' })
  expect(plan.base.backupId).toBe(3)
  damage(join(repositoryPath, tableOf(ownFiles(repositoryPath, 3))))
  const order = newRecovery(plan)
  const report = await recoverWithAlternatives(order, recoveryPorts({ replan: replanOf(repositoryPath) }))
  expect(report).toMatchObject({ plan: { base: { backupId: 2 } }, proof: { isEqual: true } })
  expect(rowsOf(order.targetPath)).toEqual(rowsAtEnd(made))
  expect(readdirSync(dirname(order.targetPath))).toEqual(['recovered'])
  // as if it had been made from that base at once
  const reference = newRecovery(planFor(repositoryPath, { kind: 'latest' }, [3]))
  await runRecovery(reference, recoveryPorts())
  expect(filesIn(order.targetPath)).toEqual(filesIn(reference.targetPath))
})

test('files that both bases share are kept, and proved again', async (context) => {
  skipWithoutRocksdbNative(context)
  const { repositoryPath } = await world()
  const plan = planFor(repositoryPath, { kind: 'latest' })
  const ports = recoveryPorts({ replan: replanOf(repositoryPath) })
  // what is damaged is copied last
  const damaged = ownFiles(repositoryPath, 3).find((path) => path.startsWith('private/3/MANIFEST'))!
  flipByte(join(repositoryPath, damaged), 3)
  const prepare: typeof ports.prepare = async (order) => {
    const prepared = await ports.prepare(order)
    const isLast = (path: string) => (path === damaged ? 1 : 0)
    return { ...prepared, copies: prepared.copies.toSorted((a, b) => isLast(a.path) - isLast(b.path)) }
  }
  const checkPlan = async () => {}
  const report = await recoverWithAlternatives(newRecovery(plan), { ...ports, prepare, checkPlan })
  // tables, and what private files have the same bytes
  const factsOf = (id: number) =>
    readMeta(new BackupDirectory(repositoryPath), id)
      .meta.files.filter(({ databaseName }) => databaseName !== 'CURRENT')
      .map(({ databaseName, crc32c }) => `${databaseName} ${crc32c}`)
  const sharedCount = factsOf(2).filter((facts) => factsOf(3).includes(facts)).length
  expect(sharedCount).toBeGreaterThan(1)
  expect(report.plan.base.backupId).toBe(2)
  expect(report.resumedFileCount).toBe(sharedCount)
  expect(report.provedFileCount).toBe(report.fileCount)
})

test('without another base it ends with what was damaged, and the target is not there', async (context) => {
  skipWithoutRocksdbNative(context)
  const { repositoryPath } = await world()
  const damaged = tableOf(ownFiles(repositoryPath, 3))
  const order = newRecovery(planFor(repositoryPath, { kind: 'latest' }))
  flipByte(join(repositoryPath, damaged), 20)
  for (const run of [runRecovery, recoverWithAlternatives]) {
    expect(await thrownBy(run(order, recoveryPorts()))).toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      facts: { subject: damaged },
    })
    expect(readdirSync(dirname(order.targetPath))).toEqual([])
  }
})

test('a source that vanishes while it is copied leaves what can be resumed when it is back', async (context) => {
  skipWithoutRocksdbNative(context)
  const { repositoryPath, ...made } = await world()
  const order = newRecovery(planFor(repositoryPath, { kind: 'latest' }))
  const ports = recoveryPorts({
    replan: async (excluded): Promise<RecoveryPlan> => planFor(repositoryPath, { kind: 'latest' }, excluded),
  })
  const hidden = `${repositoryPath} of a disk that is not there`
  onTestFinished(() => rmSync(hidden, { recursive: true, force: true }))
  const copy: typeof ports.copy = async (task) => {
    if (existsSync(repositoryPath)) renameSync(repositoryPath, hidden)
    return ports.copy(task)
  }
  expect(await thrownBy(recoverWithAlternatives(order, { ...ports, copy }))).toMatchObject({ code: 'PATH_NOT_FOUND' })
  expect(existsSync(order.targetPath)).toBe(false)
  renameSync(hidden, repositoryPath)
  const report = await recoverWithAlternatives(order, { ...ports, isResumed: true })
  expect(report).toMatchObject({ plan: { base: { backupId: 3 } }, proof: { isEqual: true } })
  expect(rowsOf(order.targetPath)).toEqual(rowsAtEnd(made))
})

test('a recovery from another base that was killed behind its rename is known again', async (context) => {
  skipWithoutRocksdbNative(context)
  const { repositoryPath } = await world()
  const plan = planFor(repositoryPath, { kind: 'latest' })
  flipByte(join(repositoryPath, tableOf(ownFiles(repositoryPath, 3))), 20)
  const order = newRecovery(plan)
  const replan = replanOf(repositoryPath)
  await recoverWithAlternatives(order, recoveryPorts({ replan }))
  const report = await recoverWithAlternatives(order, recoveryPorts({ replan, isResumed: true }))
  expect(report).toMatchObject({ plan: { base: { backupId: 2 } }, proof: { isEqual: true } })
  expect(report.resumedFileCount).toBe(report.fileCount - 1)
})

function rowsAtEnd(made: Pick<RecoveryWorld, 'commits'>) {
  return RecoveryWorld.rowsOf(made.commits, Number.MAX_SAFE_INTEGER)
}
