import { spawnSync } from 'node:child_process'
import { fstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { syncFileToDisk } from '../../../src-main/sandbox/store/log-sync.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { none, openStore } from './support/open-store.ts'

const create = (store: GraphStore) => store.transaction('default', (graph) => graph.createNode(['L'], none).id)

/** The logs of a database by the numbers that the system knows them by. */
const logs = (path: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => statSync(join(path, name)).ino)

/** Tells whether a promise is settled, after everything that can happen now has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  void promise.finally(() => {
    settled = true
  })
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return settled
}

test('a commit is confirmed when its log was synced, and many share one sync', async (context) => {
  const path = join(tempDir(), 'graph')
  const gate: { open: (() => void) | null } = { open: null }
  let syncs = 0
  const syncFile = async (descriptor: number) => {
    syncs += 1
    if (syncs === 1) await new Promise<void>((open) => Object.assign(gate, { open }))
    await syncFileToDisk(descriptor)
  }
  const store = await openStore(context, path, { durability: 'disk', syncFile })
  const first = create(store)
  await expect.poll(() => gate.open !== null).toBe(true)
  const others = Array.from({ length: 50 }, () => create(store))
  // written, but not synced yet
  await expect.poll(() => store.lastSequence).toBe(102)
  expect(await isSettled(Promise.race([first, ...others]))).toBe(false)
  gate.open?.()
  expect((await Promise.all([first, ...others])).map(({ result }) => result)).toEqual(
    Array.from({ length: 51 }, (_, index) => index + 1),
  )
  // the log and its name for the first, the log once more for all others
  expect(syncs).toBe(process.platform === 'win32' ? 2 : 3)
})

test('after a flush the log before is synced once more, and then the new one', async (context) => {
  const path = join(tempDir(), 'graph')
  const synced: number[] = []
  const syncFile = (descriptor: number) => {
    synced.push(fstatSync(descriptor).ino)
    return syncFileToDisk(descriptor)
  }
  const store = await openStore(context, path, { durability: 'disk', syncFile, walTtlSeconds: 3600 })
  await create(store)
  const [before] = logs(path)
  await store.flush()
  synced.length = 0
  await create(store)
  const [after] = logs(path)
  expect(after).not.toBe(before)
  expect(synced.filter((ino) => ino !== statSync(path).ino)).toEqual([before, after])
  synced.length = 0
  await create(store)
  expect(synced).toEqual([after])
})

test('when a sync fails nothing more is written, reads go on, and a restart shows what RocksDB has', async (context) => {
  const path = join(tempDir(), 'graph')
  let isBroken = false
  const syncFile = (descriptor: number) =>
    isBroken ? Promise.reject(new Error('EIO: i/o error, fsync')) : syncFileToDisk(descriptor)
  const store = await openStore(context, path, { durability: 'disk', syncFile })
  await create(store)
  isBroken = true
  const readOnly = {
    code: 'READ_ONLY',
    facts: {
      message: 'the database takes no more changes: the log could not be forced to the disk (EIO: i/o error, fsync)',
      subject: path,
    },
  }
  await expect(create(store)).rejects.toMatchObject(readOnly)
  isBroken = false
  await expect(create(store)).rejects.toMatchObject(readOnly)
  await expect(store.deleteGraph('default')).rejects.toMatchObject(readOnly)
  expect(store.failure).toMatchObject(readOnly)
  expect(await store.transaction('default', (graph) => graph.nodeCount('L'))).toEqual({ result: 2, commit: null })
  await store.close()
  const again = await openStore(context, path)
  expect(again.read('default', (graph) => graph.nodeCount('L'))).toBe(2)
  expect((await create(again)).result).toBe(3)
})

test('a full disk makes the store read-only, and nothing that was confirmed is lost', async (context) => {
  skipWithoutRocksdbNative(context)
  if (process.platform === 'win32') context.skip('did not run: this system cannot limit the size of files')
  const path = join(tempDir(), 'graph')
  const script = join(import.meta.dirname, 'support', 'full-disk-process.ts')
  // a process may write 2,000 blocks to a file; the system refuses more as it does on a full disk
  const limited = 'ulimit -f 2000 && exec "$0" "$@"'
  const { stdout, stderr } = spawnSync('sh', ['-c', limited, process.execPath, script, path], { encoding: 'utf8' })
  const told = JSON.parse(stdout || `"${stderr}"`)
  expect(told).toEqual({
    confirmed: Array.from({ length: told.confirmed.length }, (_, index) => index + 1),
    failures: told.failures.map(() => 'READ_ONLY'),
    later: 'READ_ONLY',
    isReadable: true,
    readInTransaction: { result: ['Row'], commit: null },
    message: expect.stringMatching(/^the database takes no more changes: a commit could not be written \(.+\)$/),
  })
  expect(told.confirmed.length).toBeGreaterThan(10)
  expect(told.failures.length).toBeGreaterThan(0)
  const store = await openStore(context, path)
  const ids = store.read('default', (graph) => [...graph.nodes('Row')].map(({ id }) => id))
  expect(ids.slice(0, told.confirmed.length)).toEqual(told.confirmed)
  expect((await create(store)).commit).not.toBeNull()
})

test('a query is answered when its commit was acknowledged; the writes behind it do not wait', async (context) => {
  const path = join(tempDir(), 'graph')
  const waiting: { sequence: number; end: () => void }[] = []
  const store = await openStore(context, path, {
    acknowledge: ({ lastSequence }) => new Promise<void>((end) => waiting.push({ sequence: lastSequence, end })),
  })
  const answers = [create(store), create(store)]
  await expect.poll(() => waiting.map(({ sequence }) => sequence)).toEqual([2, 4])
  expect(await isSettled(Promise.race(answers))).toBe(false)
  for (const { end } of waiting) end()
  expect((await Promise.all(answers)).map(({ commit }) => commit?.lastSequence)).toEqual([2, 4])
})

test('when an acknowledgement fails its query fails; the database has the commit and goes on', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path, {
    acknowledge: ({ lastSequence }) => {
      if (lastSequence === 2) throw new Error('the archive is full')
    },
  })
  await expect(create(store)).rejects.toThrow('the archive is full')
  expect([(await create(store)).result, store.failure]).toEqual([2, null])
})
