// Goal: a repository that the agent writes is one that RocksDB's own tools can use, and the other way round. Method: databases
// that rocksdb-native and db_bench write; backups taken over the protocol; ldb restores, scans, backs up and dumps.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { startCore } from '../../support/core-under-test.ts'
import { openNativeDatabase, rowsOfNative, skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import {
  restoreWithLdb,
  runDbBench,
  runLdb,
  scanWithLdb,
  skipWithoutDbBench,
  skipWithoutRocksdbTools,
} from '../../support/rocksdb-tools.ts'
import { connectTo, type Places, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { rowsOf } from '../backup-full/support.ts'

/** which this ldb can read as well */
const tableFormatVersion = 5
const families = {
  nodes: { tableFormatVersion, writeBufferSize: 64 * 1024 },
  edges: { tableFormatVersion, enableBlobFiles: true, minBlobSize: 200 },
}
const options = { families, defaultFamily: { tableFormatVersion } }

function places(): Places & { restored: string } {
  const folder = tempDir()
  return { data: join(folder, 'data'), repo: join(folder, 'repo'), restored: join(folder, 'restored') }
}

async function clientOfAgent(of: Places): Promise<BackupClient> {
  return new BackupClient(await connectTo((await startServing('agent', of)).port))
}

/** Rows of all families as ldb reads them. */
async function scannedByLdb(path: string, names: readonly string[]): Promise<Record<string, [string, string][]>> {
  const rows: Record<string, [string, string][]> = {}
  for (const name of names) {
    // this ldb is older than the engine, and does not know all of its options
    const scan = [`--db=${path}`, '--hex', `--column_family=${name}`, '--ignore_unknown_options', 'scan']
    const lines = (await runLdb(scan)).matchAll(/^0x([0-9A-F]*) : 0x([0-9A-F]*)$/gm)
    rows[name] = Array.from(lines, ([, key = '', value = '']) => [key, value])
  }
  return rows
}

/** Sequences and operations of all segments, as ldb's reader of logs prints them. */
async function dumpedSegments(repo: string): Promise<{ sequence: number; count: number }[]> {
  const folder = join(repo, 'wal/1')
  const records: { sequence: number; count: number }[] = []
  for (const name of readdirSync(folder)
    .filter((each) => each.endsWith('.wal'))
    .sort()) {
    const text = await runLdb(['dump_wal', `--walfile=${join(folder, name)}`])
    for (const [, sequence, count] of text.matchAll(/^(\d+),(\d+),\d+,\d+,/gm)) {
      records.push({ sequence: Number(sequence), count: Number(count) })
    }
  }
  return records
}

describe('a database of RocksDB 10.5 that is written meanwhile', () => {
  test('is restored by ldb and by us to the same rows, its archive is read by ldb', {
    timeout: 90_000,
  }, async (context) => {
    skipWithoutRocksdbNative(context)
    skipWithoutRocksdbTools(context)
    const { restored, ...of } = places()
    const database = await openNativeDatabase(of.data, { ...options, walTtlSeconds: 600 })
    let number = 0
    const write = async (count: number) => {
      for (let index = 0; index < count; index += 1, number += 1) {
        for (const name of ['default', 'nodes', 'edges']) {
          const key = Buffer.from(`${name} ${String((number * 7919) % 1000).padStart(5, '0')}`)
          if (number % 9 === 8) await database.family(name).delete(key)
          else await database.family(name).put(key, Buffer.from(`${number} ${'v'.repeat((number * 31) % 400)}`))
        }
      }
    }
    await write(400)
    const backups = await clientOfAgent(of)
    let isWriting = true
    const writing = (async () => {
      while (isWriting) await write(20)
    })()
    for (const kind of ['FULL', 'INCREMENTAL', 'FULL', 'INCREMENTAL', 'FULL']) await backups.create(kind)
    isWriting = false
    await writing
    const lastFull = (await backups.list())[0]!
    const { segmentRecords, lastSequence } = {
      segmentRecords: await dumpedSegments(of.repo),
      lastSequence: (await backups.status()).archived_seq,
    }

    await restoreWithLdb(of.repo, restored)
    const byUs = rowsOf(restored)
    expect(Object.keys(byUs)).toEqual(['default', 'nodes', 'edges'])
    const core = await startCore()
    const target = join(tempDir(), 'ours')
    const { sourceId, indexJobId } = await core.client.sources.open({ path: of.repo })
    if (indexJobId !== null) await core.jobFinished(indexJobId)
    const { jobId } = await core.client.restore.start({ sourceId, backupId: lastFull.id, targetPath: target })
    expect(await core.jobFinished(jobId)).toMatchObject({ state: 'succeeded' })
    expect(rowsOf(target)).toEqual(byUs)
    // both write into what they open
    const reopened = await openNativeDatabase(target, options)
    for (const name of Object.keys(byUs)) expect(await rowsOfNative(reopened.family(name))).toEqual(byUs[name])
    expect(await scannedByLdb(restored, Object.keys(byUs))).toEqual(byUs)

    let next = 1
    for (const { sequence, count } of segmentRecords) {
      expect(sequence).toBe(next)
      next += count
    }
    expect([next - 1, lastSequence]).toEqual([number * 3, number * 3])
  })
})

describe('a database of db_bench', () => {
  test('is restored by ldb as our reader shows it', { timeout: 60_000 }, async (context) => {
    skipWithoutDbBench(context)
    const { restored, ...of } = places()
    const options = ['--benchmarks=fillrandom,deleterandom', '--num=4000', '--value_size=80', '--compression_type=none']
    await runDbBench(of.data, [...options, '--write_buffer_size=100000', '--num_column_families=2'])
    const backups = await clientOfAgent(of)
    expect(await backups.create()).toBe(1)
    await restoreWithLdb(of.repo, restored)
    const byUs = rowsOf(restored)
    const names = Object.keys(byUs)
    expect(names.length).toBe(2)
    expect(byUs.default!.length).toBeGreaterThan(300)
    expect(await scannedByLdb(restored, names)).toEqual(byUs)
  })

  test('that ldb backed up is adopted: its backups are listed, proved and followed by ours', {
    timeout: 60_000,
  }, async (context) => {
    skipWithoutDbBench(context)
    const { restored, ...of } = places()
    const bench = (...options: string[]) => runDbBench(of.data, ['--num=500', '--value_size=50', ...options])
    await bench('--benchmarks=fillrandom')
    const backupWithLdb = () => runLdb([`--db=${of.data}`, 'backup', `--backup_dir=${of.repo}`])
    await backupWithLdb()
    await bench('--benchmarks=overwrite', '--use_existing_db=1')
    await backupWithLdb()

    const agent = await startServing('agent', of)
    const backups = new BackupClient(await connectTo(agent.port))
    const shown = async () => (await backups.list()).map(({ id, kind, state, label }) => ({ id, kind, state, label }))
    const row = (id: number, label: string | null = null) => ({ id, kind: 'full', state: 'ok', label })
    expect(await shown()).toEqual([row(2), row(1)])
    expect(await backups.create('FULL', 'LABEL', 'ours')).toBe(3)
    expect(await shown()).toEqual([row(3, 'ours'), row(2), row(1)])
    for (const id of [1, 2, 3])
      expect(await backups.verify(id, 'deep')).toMatchObject({ id, result: 'passed', problems: [] })
    expect(await backups.create()).toBe(4)
    await agent.end()

    // and back: RocksDB's own engine goes on in the same directory
    const rows = await scanWithLdb(of.data)
    await backupWithLdb()
    await restoreWithLdb(of.repo, restored)
    expect(await scanWithLdb(restored)).toEqual(rows)
    const again = new BackupClient(await connectTo((await startServing('agent', of)).port))
    const ids = (await again.list()).map(({ id, kind }) => `${kind} ${id}`)
    // it takes the highest number of its own plus one, which an incremental backup has already
    expect(ids.toSorted()).toEqual(['full 1', 'full 2', 'full 3', 'full 4', 'incremental 4'])
    expect(await again.create('FULL')).toBe(5)
  })
})
