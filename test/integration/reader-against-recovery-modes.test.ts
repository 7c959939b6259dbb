// Goal: at damage in its logs a view shows what an engine of the same recovery mode recovers, and says when it would refuse
// to open. Method: a database with several logs, damaged in the ways of docs/formats/rocksdb.md §2.6, opened by ldb with the
// mode written into its OPTIONS.
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import { directoryFileSet } from '../../src-main/rocksdb/view/named-file-set.ts'
import { openView } from '../../src-main/rocksdb/view/view.ts'
import type { WalRecoveryMode } from '../../src-main/rocksdb/wal/recovery-mode.ts'
import { openNativeDatabase, skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { runLdb, skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const modes: Record<WalRecoveryMode, string> = {
  'tolerate-corrupted-tail-records': 'kTolerateCorruptedTailRecords',
  'absolute-consistency': 'kAbsoluteConsistency',
  'point-in-time': 'kPointInTimeRecovery',
  'skip-any-corrupted-records': 'kSkipAnyCorruptedRecords',
}

const utf8 = (text: string) => new TextEncoder().encode(text)

/** Three logs: a flush of the other family starts a new one, while the rows of "default" stay in them. */
async function threeLogs(): Promise<string> {
  const path = join(tempDir(), 'database')
  const family = { tableFormatVersion: 5 }
  const database = await openNativeDatabase(path, { defaultFamily: family, families: { other: family } })
  for (let log = 0; log < 3; log += 1) {
    for (let row = 0; row < 5; row += 1)
      await database.family('default').put(utf8(`log ${log} row ${row}`), utf8('value'))
    await database.family('other').put(utf8(`flushed ${log}`), utf8('value'))
    if (log < 2) await database.family('other').flush()
  }
  const copy = join(tempDir(), 'copy')
  cpSync(path, copy, { recursive: true })
  await database.close()
  return copy
}

const logsOf = (path: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(path, name))
const cutBy = (file: string, bytes: number) => truncateSync(file, readFileSync(file).length - bytes)

const damages: Record<string, (logs: string[]) => void> = {
  nothing: () => {},
  'a torn last log': (logs) => cutBy(logs[2]!, 3),
  'a torn log before others': (logs) => cutBy(logs[1]!, 3),
  'half a header at the end of a log before others, which lost nothing': (logs) =>
    appendFileSync(logs[0]!, Uint8Array.of(1, 2, 3)),
  'a turned bit in the middle log': (logs) => {
    const bytes = readFileSync(logs[1]!)
    bytes[60]! ^= 1
    writeFileSync(logs[1]!, bytes)
  },
  'a missing middle log': (logs) => rmSync(logs[1]!),
  'zeros at the end': (logs) => appendFileSync(logs[2]!, Buffer.alloc(5000)),
}

function setMode(path: string, text: string): void {
  for (const name of readdirSync(path).filter((each) => each.startsWith('OPTIONS-'))) {
    const options = readFileSync(join(path, name), 'utf8')
    writeFileSync(join(path, name), options.replace(/wal_recovery_mode=\w+/, `wal_recovery_mode=${text}`))
  }
}

/** The rows of "default" as ldb recovers them; "refused" when it does not open. */
async function recoveredByLdb(path: string): Promise<string[] | 'refused'> {
  const args = ['--try_load_options', '--ignore_unknown_options', '--column_family=default', 'scan']
  try {
    const lines = (await runLdb([`--db=${path}`, ...args])).split('\n')
    return lines.flatMap((line) => /^(.*) : value$/.exec(line)?.[1] ?? [])
  } catch (error) {
    expect(String(error)).toMatch(/Corruption|corrupt|truncated|incomplete/i)
    return 'refused'
  }
}

function shownByView(path: string, recoveryMode: WalRecoveryMode): string[] | 'refused' {
  const view = openView(
    directoryFileSet(readdirSync(path), (name) => openLocalFile(join(path, name), name)),
    { recoveryMode },
  )
  const { rows } = view.scan({ columnFamilyId: 0, from: null, after: null, limit: 100, maxValueBytes: 10 })
  view.close()
  return view.wal.isRefused ? 'refused' : rows.map(({ key }) => Buffer.from(key).toString())
}

test.for(Object.entries(damages))(
  'after %s every recovery mode shows what ldb recovers',
  async ([, damage], context) => {
    skipWithoutRocksdbTools(context)
    skipWithoutRocksdbNative(context)
    const made = await threeLogs()
    damage(logsOf(made))
    const found: Record<string, unknown> = {}
    const expected: Record<string, unknown> = {}
    for (const [mode, text] of Object.entries(modes)) {
      const path = join(tempDir(), 'database')
      cpSync(made, path, { recursive: true })
      setMode(path, text)
      found[mode] = shownByView(path, mode as WalRecoveryMode)
      expected[mode] = await recoveredByLdb(path)
    }
    expect(found).toEqual(expected)
  },
)
