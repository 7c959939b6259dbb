// Goal: whatever call on the disk fails, and whenever the process dies, a recovery's target is absent or whole and the repository is
// untouched. Method: the real recovery without threads on a file layer whose nth call of each kind fails, writes a part or dies.
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import type { RecoveryReport } from '#contract'
import { isRestoreResumable } from '../../../../src-main/restore/leave-nothing.ts'
import type { RecoveryOrder } from '../../../../src-main/restore/recovery/prepare-recovery.ts'
import type { RecoveryPorts } from '../../../../src-main/restore/recovery/run-recovery.ts'
import { runRecovery } from '../../../../src-main/restore/recovery/run-recovery.ts'
import { layerCalls, systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { filesIn, treeState } from '../../../support/fixtures.ts'
import { newRecovery, planFor, recoveryPorts } from '../../../support/recovery-run.ts'
import { smallRepository } from '../../../support/small-recovery.ts'

class Killed extends Error {}

function setUp() {
  const repository = smallRepository()
  const plan = planFor(repository.path, { kind: 'sequence', sequence: repository.lastSequence - 6 })
  const newOrder = () => newRecovery(plan)
  return { repositoryPath: repository.path, newOrder }
}

/** The files that a recovery makes when nothing fails. */
async function wholeResult(order: RecoveryOrder): Promise<Record<string, string>> {
  await runRecovery(order, recoveryPorts())
  return filesIn(order.targetPath)
}

const run = (order: RecoveryOrder, layer: FileLayer, changes: Partial<RecoveryPorts> = {}) =>
  runRecovery(order, recoveryPorts(changes, layer))

const besideTarget = (order: RecoveryOrder) => readdirSync(dirname(order.targetPath)).sort()

async function thrownBy(recovery: Promise<RecoveryReport>): Promise<unknown> {
  return recovery.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}

function expectAbsentOrWhole(order: RecoveryOrder, whole: Record<string, string>): void {
  if (existsSync(order.targetPath)) expect(filesIn(order.targetPath)).toEqual(whole)
}

async function expectResumed(order: RecoveryOrder, whole: Record<string, string>): Promise<void> {
  const report = await run(order, nodeFileLayer, { isResumed: true })
  expect(report).toMatchObject({ provedFileCount: report.fileCount, proof: { isEqual: true, differences: [] } })
  expect([filesIn(order.targetPath), besideTarget(order)]).toEqual([whole, ['recovered']])
}

describe.each(['EIO', 'ENOSPC'])('a recovery whose disk says %s', (code) => {
  test.each(layerCalls.filter((call) => call !== 'truncate'))(
    'at any call of %s leaves nothing but what can be resumed',
    async (failing) => {
      const { repositoryPath, newOrder } = setUp()
      const before = treeState(repositoryPath)
      const whole = await wholeResult(newOrder())
      let failures = 0
      for (let nth = 1; ; nth += 1) {
        let hasFailed = false
        const order = newOrder()
        const layer = watchedLayer((call, _args, count) => {
          if (call !== failing || count !== nth) return
          hasFailed = true
          throw systemError(code)
        })
        const thrown = await thrownBy(run(order, layer))
        expectAbsentOrWhole(order, whole)
        if (!hasFailed) {
          expect([thrown, besideTarget(order)]).toEqual([null, ['recovered']])
          break
        }
        failures += 1
        expect(thrown).toMatchObject({ code: code === 'EIO' ? 'IO_FAILED' : 'DISK_FULL' })
        expect(isRestoreResumable(thrown)).toBe(true)
        await expectResumed(order, whole)
      }
      expect(failures).toBeGreaterThan(0)
      expect(treeState(repositoryPath)).toEqual(before)
    },
  )
})

test('a disk that is full in the middle of any write leaves nothing but what can be resumed', async () => {
  const { newOrder } = setUp()
  const whole = await wholeResult(newOrder())
  let failures = 0
  for (let nth = 1; ; nth += 1) {
    const order = newOrder()
    let count = 0
    const layer: FileLayer = {
      ...nodeFileLayer,
      write(descriptor, bytes) {
        count += 1
        if (count !== nth) return nodeFileLayer.write(descriptor, bytes)
        nodeFileLayer.write(descriptor, bytes.subarray(0, Math.floor(bytes.length / 2)))
        throw systemError('ENOSPC')
      },
    }
    const thrown = await thrownBy(run(order, layer))
    if (thrown === null) break
    failures += 1
    expect(thrown).toMatchObject({ code: 'DISK_FULL' })
    expectAbsentOrWhole(order, whole)
    await expectResumed(order, whole)
  }
  expect(failures).toBeGreaterThan(4)
})

test('a recovery killed before any of its calls is finished by the next run, and proved', async () => {
  const { newOrder } = setUp()
  const whole = await wholeResult(newOrder())
  let kills = 0
  for (let nth = 1; ; nth += 1) {
    const order = newOrder()
    let total = 0
    const layer = watchedLayer(() => {
      total += 1
      // whatever would be done behind the death of the process is not done
      if (total >= nth) throw new Killed()
    })
    const thrown = await thrownBy(run(order, layer))
    expectAbsentOrWhole(order, whole)
    if (thrown === null) break
    kills += 1
    await expectResumed(order, whole)
  }
  expect(kills).toBeGreaterThan(40)
})

test('a recovery cancelled at any of its calls leaves nothing', async () => {
  const { newOrder } = setUp()
  let cancels = 0
  for (let nth = 1; ; nth += 1) {
    const order = newOrder()
    const control = new ControlSwitch()
    let total = 0
    const layer = watchedLayer(() => {
      total += 1
      if (total === nth) control.stop()
    })
    const thrown = await thrownBy(run(order, layer, { control, wasCancelled: () => true }))
    if (total < nth) break
    if (thrown === null) continue
    cancels += 1
    expect(thrown).toMatchObject({ name: 'StoppedError' })
    expect(besideTarget(order)).toEqual([])
  }
  expect(cancels).toBeGreaterThan(20)
})

test('a recovery killed before its job was noted as done is proved by the next run, not written again', async () => {
  const { newOrder } = setUp()
  const order = newOrder()
  await run(order, nodeFileLayer)
  const before = treeState(order.targetPath)
  const report = await run(order, nodeFileLayer, { isResumed: true })
  expect(report).toMatchObject({ provedFileCount: report.fileCount, proof: { isEqual: true } })
  expect(treeState(order.targetPath)).toEqual(before)
})

test('a published target whose log was changed since is neither touched nor taken for recovered', async () => {
  const { newOrder } = setUp()
  const order = newOrder()
  await run(order, nodeFileLayer)
  const log = readdirSync(order.targetPath)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)!
  const descriptor = nodeFileLayer.open(join(order.targetPath, log), 'r+')
  nodeFileLayer.truncate(descriptor, 100)
  nodeFileLayer.close(descriptor)
  const before = treeState(order.targetPath)
  const thrown = await thrownBy(run(order, nodeFileLayer, { isResumed: true }))
  expect(thrown).toMatchObject({ code: 'TARGET_NOT_EMPTY' })
  expect(treeState(order.targetPath)).toEqual(before)
})

test('files and the new log are synced first, CURRENT is written last, and the rename follows the proof', async () => {
  const { newOrder } = setUp()
  const order = newOrder()
  const paths = new Map<unknown, string>()
  const steps: string[] = []
  const inner = watchedLayer(() => {})
  const shown = (path: unknown) => basename(String(path)).replace(/-recovery-a$/, '-claim')
  const layer: FileLayer = {
    ...inner,
    open(path, flags) {
      const descriptor = inner.open(path, flags)
      paths.set(descriptor, shown(path))
      return descriptor
    },
    sync(descriptor) {
      steps.push(`sync ${paths.get(descriptor)}`)
      inner.sync(descriptor)
    },
    rename(from, to) {
      steps.push(`rename ${shown(from)} -> ${shown(to)}`)
      inner.rename(from, to)
    },
  }
  const ports = recoveryPorts({}, layer)
  const prove: RecoveryPorts['prove'] = async (task) => {
    steps.push('prove')
    return ports.prove(task)
  }
  await runRecovery(order, { ...ports, prove })
  const parent = basename(dirname(order.targetPath))
  expect(steps).toEqual([
    'sync owner.json.tmp',
    'rename owner.json.tmp -> owner.json',
    'sync recovered.lifeboat-partial-claim',
    'rename recovered.lifeboat-partial-claim -> recovered.lifeboat-partial',
    'sync recovered.lifeboat-partial',
    `sync ${parent}`,
    'sync 000003.log',
    'sync MANIFEST-000001',
    'sync 000100.log',
    'sync CURRENT',
    'prove',
    'sync files',
    'rename files -> recovered',
    `sync ${parent}`,
    `sync ${parent}`,
  ])
})
