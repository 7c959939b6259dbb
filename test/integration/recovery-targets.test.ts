// Goal: a recovery writes into nothing but its own directory, and only one recovery does. Method: real recoveries against directories
// that are not empty, links at every name that it uses, two at once, and plans that do not hold any more.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import type { RecoveryOrder } from '../../src-main/restore/recovery/prepare-recovery.ts'
import { type RecoveryPorts, runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { systemError, watchedLayer } from '../support/faulty-layer.ts'
import { filesIn, flipByte, treeState } from '../support/fixtures.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { smallRepository } from '../support/small-recovery.ts'
import { tempDir } from '../support/temp-dir.ts'

function setUp() {
  const repository = smallRepository()
  const plan = planFor(repository.path, { kind: 'latest' })
  return { repository, plan, order: newRecovery(plan) }
}

async function thrownBy(order: RecoveryOrder, changes: Partial<RecoveryPorts> = {}): Promise<unknown> {
  return runRecovery(order, recoveryPorts(changes)).then(
    () => null,
    (thrown: unknown) => thrown,
  )
}

/** Stops a recovery before CURRENT is written, as a failing disk does. */
async function interrupt(order: RecoveryOrder): Promise<void> {
  const layer = watchedLayer((call, [path]) => {
    if (call === 'open' && basename(String(path)) === 'CURRENT') throw systemError('EIO')
  })
  await expect(runRecovery(order, recoveryPorts({}, layer))).rejects.toMatchObject({ code: 'IO_FAILED' })
}

describe('a target', () => {
  test('that holds anything is refused and not touched', async () => {
    const { order } = setUp()
    mkdirSync(order.targetPath)
    writeFileSync(join(order.targetPath, 'somebody else’s'), 'x')
    const before = treeState(dirname(order.targetPath))
    expect(await thrownBy(order)).toMatchObject({ code: 'TARGET_NOT_EMPTY' })
    expect(treeState(dirname(order.targetPath))).toEqual(before)
  })

  test('that is an empty directory is taken', async () => {
    const { order } = setUp()
    mkdirSync(order.targetPath)
    expect(await thrownBy(order)).toBeNull()
    expect(existsSync(join(order.targetPath, 'CURRENT'))).toBe(true)
  })

  test.each([true, false])(
    'that is a symbolic link is refused, whether it leads somewhere (%s) or nowhere',
    async (isThere) => {
      const { order } = setUp()
      const elsewhere = join(tempDir(), 'elsewhere')
      if (isThere) mkdirSync(elsewhere)
      symlinkSync(elsewhere, order.targetPath)
      expect(await thrownBy(order)).toMatchObject({ code: 'TARGET_UNUSABLE' })
      expect(existsSync(elsewhere) ? readdirSync(elsewhere) : []).toEqual([])
    },
  )

  test('inside the repository is refused', async () => {
    const { repository, order } = setUp()
    const before = treeState(repository.path)
    const inside = { ...order, targetPath: join(repository.path, 'recovered') }
    expect(await thrownBy(inside)).toMatchObject({ code: 'TARGET_INSIDE_SOURCE' })
    expect(treeState(repository.path)).toEqual(before)
  })

  test('into which something is written meanwhile is not published over', async () => {
    const { order } = setUp()
    const ports = recoveryPorts()
    const prove: RecoveryPorts['prove'] = async (task) => {
      mkdirSync(order.targetPath)
      writeFileSync(join(order.targetPath, 'new'), 'x')
      return ports.prove(task)
    }
    expect(await thrownBy(order, { prove })).toMatchObject({ code: 'TARGET_NOT_EMPTY' })
    expect(filesIn(order.targetPath)).toMatchObject({ new: expect.anything() })
  })
})

describe('a link that somebody puts into the directory where a recovery is built', () => {
  test('in place of its folder is not followed', async () => {
    const { order } = setUp()
    await interrupt(order)
    const partial = `${order.targetPath}.lifeboat-partial`
    const elsewhere = join(tempDir(), 'elsewhere')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'CURRENT'), 'kept')
    rmSync(join(partial, 'files'), { recursive: true })
    symlinkSync(elsewhere, join(partial, 'files'))
    expect(await thrownBy(order, { isResumed: true })).toMatchObject({ code: 'TARGET_BUSY' })
    expect(filesIn(elsewhere)).toEqual({ CURRENT: filesIn(elsewhere).CURRENT })
    expect(readFileSync(join(elsewhere, 'CURRENT'), 'utf8')).toBe('kept')
  })

  test.each(['CURRENT', '000003.log', '000100.log'])('under the name of %s is not written through', async (name) => {
    const { order } = setUp()
    await interrupt(order)
    const victim = join(tempDir(), 'victim')
    writeFileSync(victim, 'kept')
    const path = join(`${order.targetPath}.lifeboat-partial`, 'files', name)
    rmSync(path, { force: true })
    symlinkSync(victim, path)
    expect(await thrownBy(order, { isResumed: true })).toBeNull()
    expect(readFileSync(victim, 'utf8')).toBe('kept')
    expect(readdirSync(dirname(order.targetPath))).toEqual(['recovered'])
  })
})

test('of two recoveries to one target, one can', async () => {
  const { order } = setUp()
  const other = { ...order, restoreId: 'recovery-b' }
  const ports = recoveryPorts()
  let outcome: unknown = null
  const copy: RecoveryPorts['copy'] = async (task) => {
    outcome ??= await thrownBy(other)
    return ports.copy(task)
  }
  expect(await thrownBy(order, { copy })).toBeNull()
  expect(outcome).toMatchObject({ code: 'TARGET_BUSY' })
  expect(readdirSync(dirname(order.targetPath))).toEqual(['recovered'])
})

test('a recovery whose plan does not hold any more writes nothing', async () => {
  const { plan, order } = setUp()
  const otherBase = { ...plan, base: { ...plan.base, metaDigest: 'another' } }
  const checkPlan = async () => {}
  expect(await thrownBy({ ...order, plan: otherBase }, { checkPlan })).toMatchObject({ code: 'PLAN_OUTDATED' })
  expect(await thrownBy({ ...order, plan: otherBase })).toMatchObject({ code: 'PLAN_OUTDATED' })
  expect(readdirSync(dirname(order.targetPath))).toEqual([])
})

test('an archive that grows while a recovery is planned and run changes nothing', async () => {
  const { repository, order } = setUp()
  repository.commits(30)
  repository.rotate()
  expect(await thrownBy(order)).toBeNull()
})

test('a segment that is damaged leaves nothing', async () => {
  const { repository, plan, order } = setUp()
  flipByte(join(repository.path, plan.segments[0]!.path), 900)
  expect(await thrownBy(order)).toMatchObject({ code: 'DAMAGED' })
  expect(readdirSync(dirname(order.targetPath))).toEqual([])
})

test('a recovery that is cancelled during its proof leaves nothing', async () => {
  const { order } = setUp()
  const control = new ControlSwitch()
  const ports = recoveryPorts()
  const prove: RecoveryPorts['prove'] = async (task) => {
    control.stop()
    return ports.prove(task)
  }
  const thrown = await thrownBy(order, { control, prove, wasCancelled: () => true })
  expect(thrown).toMatchObject({ name: 'StoppedError' })
  expect(readdirSync(dirname(order.targetPath))).toEqual([])
})

test('a rate limit is one over all threads', async () => {
  const { plan } = setUp()
  const rates: unknown[] = []
  const ports = recoveryPorts({ threadCount: 2 })
  const note = ({ rateLimitBytesPerSecond: rate }: { rateLimitBytesPerSecond?: number }) => rates.push(rate)
  await runRecovery(newRecovery(plan, { rateLimitBytesPerSecond: 9_000_000 }), {
    ...ports,
    copy: async (task) => {
      note(task)
      return ports.copy(task)
    },
    writeTail: async (task) => {
      note(task)
      return ports.writeTail(task)
    },
  })
  // two threads copy, one writes the log, and CURRENT is not worth a limit
  expect(rates).toEqual([4_500_000, 4_500_000, 9_000_000, 0])
})

test('the report tells what was done', async () => {
  const { repository, plan, order } = setUp()
  const report = await runRecovery(order, recoveryPorts())
  const sizes = Object.keys(filesIn(order.targetPath)).length
  expect(report).toMatchObject({
    formatVersion: 1,
    plan,
    targetPath: order.targetPath,
    fileCount: sizes,
    provedFileCount: sizes,
    resumedFileCount: 0,
    appliedCommitCount: 40,
    proof: { level: 'full', isEqual: true, lastSequence: repository.lastSequence, labels: [], differences: [] },
  })
  expect(report.phases.map(({ name }) => name)).toEqual([
    'Checking',
    'Copying',
    'Writing commits',
    'Proving',
    'Publishing',
  ])
  expect(report.proof.comparedKeyCount).toBe(report.proof.families[0]!.foundCount)
  const writtenBytes = readdirSync(order.targetPath).reduce(
    (sum, name) => sum + statSync(join(order.targetPath, name)).size,
    0,
  )
  expect(report.writtenBytes).toBe(writtenBytes)
})

test('a point at a full itself needs no log', async () => {
  const { repository, plan } = setUp()
  const order = newRecovery(planFor(repository.path, { kind: 'backup', backupId: 1 }))
  const report = await runRecovery(order, recoveryPorts())
  expect(report).toMatchObject({
    appliedCommitCount: 0,
    proof: { isEqual: true, lastSequence: plan.base.lastSequence },
  })
  expect(Object.keys(filesIn(order.targetPath)).filter((name) => name.endsWith('.log'))).toEqual(['000003.log'])
})
