// Goal: when a restored database cannot be served, the one before is served again with all that it had, and archived again.
// Method: real stores; an archive that notes what it is told; a restored directory that is no database.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { pathBeside } from '../../../src-main/core/database-places.ts'
import { ServedStore, type StoppableArchive } from '../../../src-main/core/served-store.ts'
import { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { named } from './support/open-store.ts'

async function prepared(context: Pick<TestContext, 'skip'>) {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const dataPath = join(folder, 'data')
  mkdirSync(dataPath)
  const served = await ServedStore.open({ dataPath, open: () => GraphStore.open(dataPath) })
  onTestFinished(() => served.close())
  const told: string[] = []
  const archive: StoppableArchive = {
    reached: async (sequence) => void told.push(`reached ${sequence}`),
    stop: async () => void told.push('stop'),
    restart: async () => void told.push('restart'),
  }
  return { folder, dataPath, served, told, archive }
}

const add = (store: GraphStore, name: string) =>
  store.transaction('default', (graph) => void graph.createNode(['N'], named(name)))
const count = (store: GraphStore) => store.read('default', (graph) => graph.nodeCount(null))

test('a restored directory that is no database: the one before goes on, and the reason is told', async (context) => {
  const { folder, dataPath, served, told, archive } = await prepared(context)
  await add(served.get(), 'a')
  const restoredPath = pathBeside(dataPath, 7)
  mkdirSync(restoredPath)
  writeFileSync(join(restoredPath, 'CURRENT'), 'MANIFEST-000099\n')
  const switching = served.switchTo(restoredPath, archive)
  expect(() => served.get()).toThrow('a restored database takes the place of this one')
  await expect(switching).rejects.toMatchObject({
    message: expect.stringContaining('the restored database could not be served'),
    facts: { unharmed: 'The database before is served again, as it was.' },
  })
  expect(told).toEqual(['reached 2', 'stop', 'stop', 'restart'])
  expect(count(served.get())).toBe(1)
  await add(served.get(), 'b')
  expect(count(served.get())).toBe(2)
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'data.restored-7'])
})

test('an archive that cannot follow the restored one: the one before goes on', async (context) => {
  const { folder, dataPath, served, archive } = await prepared(context)
  await add(served.get(), 'a')
  const restoredPath = pathBeside(dataPath, 7)
  const restored = await GraphStore.open(restoredPath)
  await restored.close()
  let restartCount = 0
  const failing = {
    ...archive,
    async restart() {
      restartCount += 1
      if (restartCount === 1) throw new Error('no room')
    },
  }
  await expect(served.switchTo(restoredPath, failing)).rejects.toThrow('no room')
  expect([restartCount, count(served.get())]).toEqual([2, 1])
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'data.restored-7'])
})
