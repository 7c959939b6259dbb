// Goal: whatever call on the disk fails, and whenever the process dies, a target is absent or whole and the source is
// untouched. Method: the real restore without threads on a file layer whose nth call of each kind fails.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import { systemClock } from '#base/clock.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { copyFiles } from '../../../src-main/restore/copy-files.ts'
import { isRestoreResumable } from '../../../src-main/restore/leave-nothing.ts'
import { discardRestore } from '../../../src-main/restore/partial.ts'
import { prepareRestore } from '../../../src-main/restore/prepare.ts'
import { publishRestore } from '../../../src-main/restore/publish.ts'
import { type RestoreRun, runRestore } from '../../../src-main/restore/run-restore.ts'
import { layerCalls, systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { copyFixture, filesIn, treeState } from '../../support/fixtures.ts'
import { tempDir } from '../../support/temp-dir.ts'

type Order = { path: string; backupId: number; targetPath: string; restoreId: string }

class Killed extends Error {}

function run(order: Order, layer: FileLayer, isResumed = false): Promise<RestoreRun> {
  return runRestore(order, {
    threadCount: 1,
    isResumed,
    prepare: async (request) => prepareRestore(request, layer),
    copy: async (task) => copyFiles(task, layer),
    publish: async (prepared) => publishRestore(prepared, layer),
    discard: async (request) => discardRestore(request),
    control: new ControlSwitch(),
    trackProgress: () => {},
    wasCancelled: () => false,
    clock: systemClock,
  })
}

function newOrder(path: string): Order {
  return { path, backupId: 2, targetPath: join(tempDir(), 'restored'), restoreId: 'restore-a' }
}

/** What a restore of backup 2 must look like, by database name. */
function wholeBackup(source: string): Record<string, string> {
  const tables = filesIn(join(source, 'shared_checksum'))
  const shared = ['000008', '000017'].map((number) => {
    const name = Object.keys(tables).find((candidate) => candidate.startsWith(number))
    return [`${number}.sst`, tables[name ?? ''] ?? ''] as const
  })
  return { ...Object.fromEntries(shared), ...filesIn(join(source, 'private', '2')) }
}

const besideTarget = (order: Order) => readdirSync(dirname(order.targetPath)).sort()

async function thrownBy(restore: Promise<RestoreRun>): Promise<unknown> {
  return restore.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}

function expectAbsentOrWhole(order: Order, whole: Record<string, string>): void {
  if (existsSync(order.targetPath)) expect(filesIn(order.targetPath)).toEqual(whole)
}

describe.each(['EIO', 'ENOSPC'])('a restore whose disk says %s', (code) => {
  test.each(layerCalls.filter((call) => call !== 'truncate'))(
    'at any call of %s leaves nothing but what can be resumed',
    async (failing) => {
      const source = copyFixture('backup_v1')
      const before = treeState(source)
      const whole = wholeBackup(source)
      let failures = 0
      for (let nth = 1; ; nth += 1) {
        let hasFailed = false
        const order = newOrder(source)
        const layer = watchedLayer((call, _args, count) => {
          if (call !== failing || count !== nth) return
          hasFailed = true
          throw systemError(code)
        })
        const thrown = await thrownBy(run(order, layer))
        expectAbsentOrWhole(order, whole)
        if (!hasFailed) {
          expect([thrown, besideTarget(order)]).toEqual([null, ['restored']])
          break
        }
        failures += 1
        expect(thrown).toMatchObject({ code: code === 'EIO' ? 'IO_FAILED' : 'DISK_FULL' })
        expect(isRestoreResumable(thrown)).toBe(true)
        await run(order, nodeFileLayer, true)
        expect([filesIn(order.targetPath), besideTarget(order)]).toEqual([whole, ['restored']])
      }
      expect(failures).toBeGreaterThan(0)
      expect(treeState(source)).toEqual(before)
    },
  )
})

test('a restore killed before any of its calls is finished by the next run, and proved', async () => {
  const source = copyFixture('backup_v1')
  const whole = wholeBackup(source)
  let kills = 0
  for (let nth = 1; ; nth += 1) {
    const order = newOrder(source)
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
    const resumed = await run(order, nodeFileLayer, true)
    expect(resumed).toMatchObject({ fileCount: 5, provedFileCount: 5 })
    expect([filesIn(order.targetPath), besideTarget(order)]).toEqual([whole, ['restored']])
  }
  expect(kills).toBeGreaterThan(30)
})

test('a restore killed before its job was noted as done is proved by the next run, not written again', async () => {
  const source = copyFixture('backup_v1')
  const order = newOrder(source)
  await run(order, nodeFileLayer)
  const before = treeState(order.targetPath)
  expect(await run(order, nodeFileLayer, true)).toMatchObject({ fileCount: 5, provedFileCount: 5, resumedFileCount: 5 })
  expect(treeState(order.targetPath)).toEqual(before)
})

test('a published target that was changed since is neither touched nor taken for restored', async () => {
  const source = copyFixture('backup_v1')
  const order = newOrder(source)
  await run(order, nodeFileLayer)
  nodeFileLayer.removeFile(join(order.targetPath, '000008.sst'))
  const before = treeState(order.targetPath)
  expect(await thrownBy(run(order, nodeFileLayer, true))).toMatchObject({ code: 'TARGET_NOT_EMPTY' })
  expect(treeState(order.targetPath)).toEqual(before)
})

test('a resumed restore whose backup was replaced since leaves nothing behind', async () => {
  const source = copyFixture('backup_v1')
  const order = newOrder(source)
  const layer = watchedLayer((call) => {
    if (call === 'rename' && existsSync(join(`${order.targetPath}.lifeboat-partial`, 'files'))) throw systemError('EIO')
  })
  expect(await thrownBy(run(order, layer))).toMatchObject({ code: 'IO_FAILED' })
  expect(besideTarget(order)).toEqual(['restored.lifeboat-partial'])
  const metaPath = join(source, 'meta', '2')
  writeFileSync(metaPath, readFileSync(metaPath, 'utf8').replace('1795419192', '1795419193'))
  expect(await thrownBy(run(order, nodeFileLayer, true))).toMatchObject({ code: 'SOURCE_CHANGED' })
  expect(besideTarget(order)).toEqual([])
})

test('every file is synced before the names, the names before the rename, and CURRENT is written last', async () => {
  const source = copyFixture('backup_v1')
  const order = newOrder(source)
  const paths = new Map<unknown, string>()
  const steps: string[] = []
  const inner = watchedLayer(() => {})
  const shown = (path: unknown) => basename(String(path)).replace(/-restore-a$/, '-claim')
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
    removeFile(path) {
      inner.removeFile(path)
      steps.push(`remove ${shown(path)}`)
    },
    removeDirectory(path) {
      steps.push(`remove ${shown(path)}`)
      inner.removeDirectory(path)
    },
  }
  await run(order, layer)
  const parent = basename(dirname(order.targetPath))
  expect(steps).toEqual([
    'sync owner.json.tmp',
    'rename owner.json.tmp -> owner.json',
    'sync restored.lifeboat-partial-claim',
    'rename restored.lifeboat-partial-claim -> restored.lifeboat-partial',
    'sync restored.lifeboat-partial',
    `sync ${parent}`,
    'sync OPTIONS-000021',
    'sync 000017.sst',
    'sync 000008.sst',
    'sync MANIFEST-000019',
    'sync CURRENT',
    'sync files',
    'rename files -> restored',
    `sync ${parent}`,
    'remove owner.json',
    'remove restored.lifeboat-partial',
    `sync ${parent}`,
  ])
})
