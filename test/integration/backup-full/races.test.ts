// Goal: each race of an outside copy is noticed (docs/formats/rocksdb.md §8.2). Method: what an engine does meanwhile is
// done to the files of a real database right before one step of the protocol; once, or each time.
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { captureLiveFiles } from '../../../src-main/backup/full/capture.ts'
import type { CaptureOptions, CaptureStep } from '../../../src-main/backup/full/capture-options.ts'
import { type LiveFiles, releaseLiveFiles } from '../../../src-main/backup/full/live-files.ts'
import { copyFixture, cutFile, flipByte } from '../../support/fixtures.ts'
import { skipWithoutRocksdbTools, writeDatabase } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { newRepository, openFileCount, restored, rowsOf, take, untouchedState } from './support.ts'

const LOG = '000012.log'
const MANIFEST = 'MANIFEST-000005'

/** Captures a fixture database while `action` happens before the first (or every) time of a step. */
function captureWhile(
  database: string,
  step: CaptureStep,
  action: (time: number) => void,
  options: CaptureOptions = {},
) {
  let time = 0
  const onStep = (present: CaptureStep) => {
    if (present !== step) return
    time += 1
    action(time)
  }
  const live = captureLiveFiles(database, { ...options, onStep })
  releaseLiveFiles(live)
  return live
}

function once(action: () => void): (time: number) => void {
  return (time) => {
    if (time === 1) action()
  }
}

function summary({ restartCount, firstSequence, lastSequence, logs, tables, warnings }: LiveFiles) {
  const names = (files: readonly { name: string }[]) => files.map(({ name }) => name)
  return { restartCount, firstSequence, lastSequence, logs: names(logs), tables: names(tables).sort(), warnings }
}

const undisturbed = () => {
  const live = captureLiveFiles(copyFixture('db_two_cf_crashed'))
  releaseLiveFiles(live)
  return summary(live)
}

test('a log that is archived between listing and opening is found in the archive', () => {
  const database = copyFixture('db_two_cf_crashed')
  mkdirSync(join(database, 'archive'))
  const live = captureWhile(
    database,
    '1 open logs',
    once(() => renameSync(join(database, LOG), join(database, 'archive', LOG))),
  )
  expect(summary(live)).toEqual(undisturbed())
})

test('files that lose their names after they were opened are still copied', () => {
  const database = copyFixture('db_two_cf_crashed')
  const rows = rowsOf(database)
  const repository = newRepository()
  const onStep = (step: CaptureStep) => {
    if (step !== '6 read logs') return
    for (const name of readdirSync(database).filter((each) => /\.(sst|log)$/.test(each))) rmSync(join(database, name))
  }
  expect(take(database, repository, 1, {}, { onStep })).toMatchObject({ restartCount: 0 })
  expect(rowsOf(restored(repository, 1))).toEqual(rows)
})

test('a MANIFEST that is replaced meanwhile is read anew', () => {
  const database = copyFixture('db_two_cf_crashed')
  const live = captureWhile(
    database,
    '8 read CURRENT',
    once(() => {
      copyFileSync(join(database, MANIFEST), join(database, 'MANIFEST-000099'))
      writeFileSync(join(database, 'CURRENT'), 'MANIFEST-000099\n')
    }),
  )
  expect(live.manifest.name).toBe('MANIFEST-000099')
  expect(summary(live)).toEqual({ ...undisturbed(), restartCount: 1 })
})

test('a table that is not there yet is waited for', () => {
  const database = copyFixture('db_two_cf_crashed')
  const table = join(database, '000011.sst')
  const live = captureWhile(database, '3 open tables', (time) => {
    if (time === 1) renameSync(table, `${table}.away`)
    if (time === 3) renameSync(`${table}.away`, table)
  })
  expect(summary(live)).toEqual({ ...undisturbed(), restartCount: 2 })
})

test('a log that becomes shorter while it is read is read anew', () => {
  const database = copyFixture('db_two_cf_crashed')
  appendFileSync(join(database, LOG), Buffer.alloc(100_000))
  const sizeBytes = readFileSync(join(database, LOG)).length
  const live = captureWhile(
    database,
    '6 read logs',
    once(() => truncateSync(join(database, LOG), sizeBytes - 100_000)),
  )
  expect(summary(live)).toEqual({ ...undisturbed(), restartCount: 1 })
})

test('a log whose file gets another name while it is read is read anew', () => {
  const database = copyFixture('db_two_cf_crashed')
  const [path, reused] = [join(database, LOG), join(database, '000777.log')]
  const live = captureWhile(
    database,
    '6 read logs',
    once(() => {
      copyFileSync(path, `${path}.copy`)
      renameSync(path, reused)
      renameSync(`${path}.copy`, path)
      linkSync(reused, join(database, 'held'))
      rmSync(reused)
    }),
  )
  expect(summary(live)).toEqual({ ...undisturbed(), restartCount: 1 })
})

test('a database that never comes to rest is given up after the attempts that were asked for', () => {
  const database = copyFixture('db_two_cf_crashed')
  const descriptors = openFileCount()
  const replace = (time: number) => {
    copyFileSync(join(database, MANIFEST), join(database, `MANIFEST-${1000 + time}`))
    writeFileSync(join(database, 'CURRENT'), `MANIFEST-${1000 + time}\n`)
  }
  const act = () => captureWhile(database, '8 read CURRENT', replace, { attemptsMax: 4 })
  expect(act).toThrow(AppError)
  expect(act).toThrow(/too busy.*in 4 attempts/)
  expect(openFileCount()).toBe(descriptors)
})

const damages: [what: string, change: (database: string) => void, found: object][] = [
  ['a missing table', (database) => rmSync(join(database, '000011.sst')), { file: '000011.sst', structure: 'table' }],
  ['a cut table', (database) => cutFile(join(database, '000011.sst'), -1), { file: '000011.sst', structure: 'table' }],
  ['a missing MANIFEST', (database) => rmSync(join(database, MANIFEST)), { file: MANIFEST, structure: 'MANIFEST' }],
  [
    'a damaged MANIFEST',
    (database) => flipByte(join(database, MANIFEST), 20),
    { file: MANIFEST, structure: 'log record' },
  ],
  [
    'a damaged log',
    (database) => flipByte(join(database, '000010.log'), 12),
    { file: '000010.log', structure: 'log record' },
  ],
]

test.each(damages)('%s is named, and nothing is kept open', (_what, change, found) => {
  const database = copyFixture('db_two_cf_crashed')
  change(database)
  const before = untouchedState(database)
  const descriptors = openFileCount()
  let thrown: unknown = null
  try {
    captureLiveFiles(database)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(DamageError)
  expect((thrown as DamageError).damage).toMatchObject(found)
  expect(openFileCount()).toBe(descriptors)
  expect(untouchedState(database)).toEqual(before)
})

test('a log that the MANIFEST tracks and that is missing is named', () => {
  const database = copyFixture('db_two_cf_crashed')
  rmSync(join(database, '000010.log'))
  expect(() => captureLiveFiles(database)).toThrow(/10.*is missing, and the MANIFEST needs it/)
})

/** A database of ldb with 100 flushed puts, then ten commits of one put in each of two logs. */
async function withTwoLogs(context: TestContext): Promise<{ database: string; logs: string[] }> {
  skipWithoutRocksdbTools(context)
  const database = join(tempDir(), 'database')
  const load = (first: number, count: number) => ({
    kind: 'load' as const,
    entries: Array.from({ length: count }, (_, index): [string, string] => [`key${first + index}`, 'value']),
  })
  const ldbOptions = ['--try_load_options=true']
  await writeDatabase(database, [load(1000, 100), load(2000, 10)], { ldbOptions })
  const [first = ''] = readdirSync(database).filter((name) => name.endsWith('.log'))
  const next = `${String(Number.parseInt(first, 10) + 50).padStart(6, '0')}.log`
  // the second half of the commits as a log of its own
  const bytes = readFileSync(join(database, first))
  const half = bytes.length / 2
  writeFileSync(join(database, next), bytes.subarray(half))
  truncateSync(join(database, first), half)
  return { database, logs: [first, next] }
}

test('a log that is missing in the middle is named by its sequences', async (context) => {
  const { database, logs } = await withTwoLogs(context)
  const live = captureLiveFiles(database)
  releaseLiveFiles(live)
  expect(summary(live)).toMatchObject({ logs, firstSequence: 101, lastSequence: 110 })
  cutFile(join(database, logs[0] ?? ''), -1)
  truncateSync(join(database, logs[0] ?? ''), 0)
  const descriptors = openFileCount()
  // an empty first log proves nothing about the second
  rmSync(join(database, logs[0] ?? ''))
  expect(() => captureLiveFiles(database)).toThrow(/sequences 101 to 105 are in no table and in no log/)
  expect(openFileCount()).toBe(descriptors)
})

test('a torn log that another one follows is no end', async (context) => {
  const { database, logs } = await withTwoLogs(context)
  cutFile(join(database, logs[0] ?? ''), -1)
  expect(() => captureLiveFiles(database)).toThrow(DamageError)
})

test('a state can be asked for that ends with a given commit, and none that does not exist', async (context) => {
  const { database } = await withTwoLogs(context)
  for (let upToSequence = 100; upToSequence <= 110; upToSequence += 1) {
    const repository = newRepository()
    expect(take(database, repository, 1, {}, { upToSequence })).toMatchObject({
      lastSequence: upToSequence,
      firstSequence: 101,
    })
    expect(rowsOf(restored(repository, 1)).default?.length).toBe(upToSequence)
  }
  expect(() => captureLiveFiles(database, { upToSequence: 111 })).toThrow(/no record of its logs ends there/)
  expect(() => captureLiveFiles(database, { upToSequence: 99 })).toThrow(/its tables already hold changes/)
})

test('what holds writes back is called around opening and measuring, and not around reading', () => {
  const database = copyFixture('db_two_cf_crashed')
  const seen: string[] = []
  const freeze = <Result>(run: () => Result): Result => {
    seen.push('frozen')
    const result = run()
    seen.push('thawed')
    return result
  }
  releaseLiveFiles(captureLiveFiles(database, { freeze, onStep: (step) => seen.push(step.slice(0, 1)) }))
  expect(seen).toEqual(['frozen', '1', '1', '2', '4', '4', '5', 'thawed', '3', '6', '8'])
})
