// Goal: a restore whose process is killed goes on, and what comes out is what RocksDB's own restore makes. Method: the
// command line is killed while it copies a real backup; another core resumes the job.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { startCommand } from '../support/command-line.ts'
import { openSource, startCore } from '../support/core-under-test.ts'
import { copyFixture, filesIn, treeState } from '../support/fixtures.ts'
import {
  type LdbStep,
  makeBackupDirectory,
  restoreWithLdb,
  runLdb,
  scanWithLdb,
  skipWithoutRocksdbTools,
} from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Many small tables, so that a kill finds a few of them done. */
async function manyTables() {
  const value = Buffer.alloc(10_000, 'value that is not compressed ')
  const load: LdbStep = {
    kind: 'load',
    entries: Array.from({ length: 600 }, (_, index) => [`key${String(index).padStart(5, '0')}`, value]),
  }
  return makeBackupDirectory({
    folder: tempDir(),
    backups: [[load]],
    compression: 'no',
    ldbOptions: ['--file_size=70000', '--write_buffer_size=100000'],
  })
}

test('a restore killed while it copies is resumed by the next core, proved, and equals what ldb restores', async (context) => {
  skipWithoutRocksdbTools(context)
  const { backupPath } = await manyTables()
  const source = treeState(backupPath)
  const dataFolder = tempDir()
  const targetPath = join(tempDir(), 'graph')
  const files = join(`${targetPath}.lifeboat-partial`, 'files')
  const command = startCommand(['--data-folder', dataFolder, 'restore', backupPath, '--to', targetPath])
  await expect
    .poll(() => (existsSync(files) ? readdirSync(files).length : 0), { interval: 1, timeout: 10_000 })
    .toBeGreaterThan(2)
  command.child.kill('SIGKILL')
  expect(await command.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  expect(existsSync(targetPath)).toBe(false)

  const core = await startCore({ dataFolder })
  const [job] = (await core.client.jobs.list({ limit: 10 })).filter(({ kind }) => kind === 'restore')
  expect(job).toMatchObject({ kind: 'restore', state: 'interrupted', isResumable: true })
  await core.client.jobs.resume({ jobId: job!.jobId })
  const finished = await core.jobFinished(job!.jobId)
  expect(finished).toMatchObject({ state: 'succeeded', isResumable: false, error: null, result: { kind: 'restore' } })
  const restore = finished.result?.kind === 'restore' ? finished.result.restore : null
  expect(restore?.provedFileCount).toBe(restore?.fileCount)
  expect(restore?.resumedFileCount).toBeGreaterThan(0)
  expect(restore?.resumedFileCount).toBeLessThan(restore?.fileCount ?? 0)
  expect(readdirSync(dirname(targetPath))).toEqual(['graph'])
  expect(treeState(backupPath)).toEqual(source)

  const reference = join(tempDir(), 'reference')
  await restoreWithLdb(backupPath, reference)
  const { CURRENT: _ours, ...ours } = filesIn(targetPath)
  expect(filesIn(reference)).toMatchObject(ours)
  expect(await scanWithLdb(targetPath)).toEqual(await scanWithLdb(reference))
  expect(await runLdb([`--db=${targetPath}`, 'checkconsistency'])).toContain('OK')
})

test.each([
  ['right behind its rename', true],
  ['before its job was noted as done', false],
])('a restore killed %s is proved by the next core and finished', async (_when, hasOwner) => {
  const source = copyFixture('backup_v1')
  const dataFolder = tempDir()
  const targetPath = join(tempDir(), 'graph')
  const partial = `${targetPath}.lifeboat-partial`
  const first = await startCore({ dataFolder })
  const { sourceId } = await openSource(first, source)
  const { jobId } = await first.client.restore.start({ sourceId, backupId: 2, targetPath })
  expect(await first.jobFinished(jobId)).toMatchObject({ state: 'succeeded' })
  await first.close()
  const order = makeRunning(dataFolder, jobId)
  if (hasOwner) {
    mkdirSync(partial)
    const owner = { formatVersion: 1, ...order, sourcePath: source, metaDigest: 'as it was', processId: DEAD_PROCESS }
    writeFileSync(join(partial, 'owner.json'), JSON.stringify(owner))
  }
  const before = treeState(targetPath)

  const core = await startCore({ dataFolder })
  expect(await core.client.jobs.get({ jobId })).toMatchObject({ state: 'interrupted', isResumable: true })
  const plan = await core.client.restore.plan({ sourceId, backupId: 2, targetPath })
  expect(plan).toMatchObject({ refusals: [], resumesJobId: jobId })
  expect(await core.client.restore.start({ sourceId, backupId: 2, targetPath })).toEqual({ jobId })
  expect(await core.jobFinished(jobId)).toMatchObject({
    state: 'succeeded',
    result: { kind: 'restore', restore: { fileCount: 5, provedFileCount: 5, resumedFileCount: 5 } },
  })
  expect(treeState(targetPath)).toEqual(before)
  expect(readdirSync(dirname(targetPath))).toEqual(['graph'])
})

// above any process number that a system gives
const DEAD_PROCESS = 2 ** 30

/** Puts a job on record as its process left it when it died, and returns what it was told to do. */
function makeRunning(dataFolder: string, jobId: number): { restoreId: string; backupId: number; targetPath: string } {
  const database = new Database(join(dataFolder, 'catalog.db'))
  try {
    database.prepare("insert into core_instance values ('dead', ?, ?)").run(DEAD_PROCESS, Date.now() * 1000)
    database
      .prepare(
        "update job set state = 'running', result = null, finished_at_us = null, instance_id = 'dead' where job_id = ?",
      )
      .run(jobId)
    return JSON.parse(String(database.prepare('select input from job where job_id = ?').pluck().get(jobId)))
  } finally {
    database.close()
  }
}
