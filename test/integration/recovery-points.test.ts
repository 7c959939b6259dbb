// Goal: a database that was brought back to a point holds exactly the commits up to it, for RocksDB as for us. Method: a database of
// RocksDB 10.5 with families that are flushed apart, its archiver and full backups; a model that knows the rows of every point;
// recoveries to many of them, read by our reader, by Debian's older ldb and by the library again.
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProofTask } from '../../src-main/restore/proof/proof-task.ts'
import { proveRecovery } from '../../src-main/restore/proof/prove-recovery.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { printedSeed } from '../support/long-run.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { FAMILIES, nativeOptions, RecoveryWorld, type Rows } from '../support/recovery-world.ts'
import { openNativeDatabase, rowsOfNative, skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { runLdb, skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { rowsOf } from './backup-full/support.ts'
import { copyOf } from './reader/rows.ts'

async function worldWithFulls(seed: number): Promise<RecoveryWorld> {
  const world = await RecoveryWorld.create(seed)
  await world.write(120)
  world.takeFull(1)
  await world.write(150)
  await world.flush('nodes')
  await world.commitsInOneRecord([
    [{ kind: 'put', key: 'one', value: '1' }],
    [{ kind: 'put', key: 'two', value: '2' }],
    [{ kind: 'delete', key: 'one' }],
  ])
  await world.write(60)
  world.takeFull(2)
  await world.write(200)
  await world.flush('edges')
  world.takeFull(3)
  await world.write(90)
  await world.close()
  return world
}

async function rowsByLdb(path: string): Promise<Rows> {
  const rows = await Promise.all(
    FAMILIES.map(async (name) => {
      const scan = [`--db=${path}`, '--hex', `--column_family=${name}`, '--ignore_unknown_options', 'scan']
      const lines = (await runLdb(scan)).matchAll(/^0x([0-9A-F]*) : 0x([0-9A-F]*)$/gm)
      return [name, Array.from(lines, ([, key = '', value = '']) => [key, value])] as const
    }),
  )
  return Object.fromEntries(rows) as Rows
}

test('a recovery to any commit gives the rows of that commit to every reader', {
  timeout: 300_000,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  skipWithoutRocksdbTools(context)
  const world = await worldWithFulls(printedSeed('recovery to any commit'))
  const points = [...new Set([...world.pointsBehind(1, 24), ...world.mergedSequences])].sort((a, b) => a - b)
  for (const [index, sequence] of points.entries()) {
    const what = `sequence ${sequence}`
    const excluded = index % 3 === 1 ? [3] : index % 3 === 2 ? [3, 2] : []
    const plan = planFor(world.repositoryPath, { kind: 'sequence', sequence }, excluded)
    const order = newRecovery(plan, { proofLevel: (['counts', 'sampled', 'full'] as const)[index % 3]! })
    // of every second proof the logs are compared in a dozen parts, as very long ones are
    const inParts = index % 2 === 0 ? {} : { logBytesPerPart: Math.ceil(plan.tail.sizeBytes / 12) + 1 }
    const prove = async (task: ProofTask) => proveRecovery({ ...task, ...inParts })
    const report = await runRecovery(order, recoveryPorts({ prove }))
    const expected = world.rowsAt(sequence)
    const counts = FAMILIES.map((name) => ({
      name,
      expectedCount: expected[name].length,
      foundCount: expected[name].length,
    }))
    expect(report.proof, what).toMatchObject({
      isEqual: true,
      lastSequence: sequence,
      families: counts,
      differences: [],
    })
    if (order.options.proofLevel === 'full') {
      expect(report.proof.comparedKeyCount, what).toBe(counts.reduce((sum, { foundCount }) => sum + foundCount, 0))
    }
    const tailCount = world.commits.filter(
      ({ lastSequence }) => lastSequence > plan.base.lastSequence && lastSequence <= sequence,
    ).length
    expect([plan.tail.commitCount, report.appliedCommitCount], what).toEqual([tailCount, tailCount])
    expect(readdirSync(dirname(order.targetPath))).toEqual([basename(order.targetPath)])
    expect(rowsOf(order.targetPath), what).toEqual(expected)
    if (index % 4 > 1 && sequence !== points.at(-1)) continue

    // both write into what they open
    expect(await rowsByLdb(copyOf(order.targetPath)), what).toEqual(expected)
    const reopened = await openNativeDatabase(order.targetPath, nativeOptions)
    const native = await Promise.all(
      FAMILIES.map(async (name) => [name, await rowsOfNative(reopened.family(name))] as const),
    )
    await reopened.close()
    expect(Object.fromEntries(native), what).toEqual(expected)
  }
  expect(points.length).toBeGreaterThan(15)
  expect(existsSync(join(world.repositoryPath, 'wal/1'))).toBe(true)
})
