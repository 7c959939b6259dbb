// Goal: an agent brings any state back by ADMIN.BACKUP RESTORE and ADMIN.PITR, as docs/agent.md says, for clients that know
// nothing of it. Method: sandboxes and agents as processes of their own; ioredis, a second client library, redis-cli; what was
// restored is read by our reader.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest'
import { BackupClient, record } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { runRedisTool, skipWithoutRedisTools } from '../../support/redis-tools.ts'
import { type ReadState, stateOfDatabase } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, type Places, type Serving, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

// each starts processes, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 90_000 })

type Started = Places & { readonly folder: string; readonly sandbox: Serving; readonly backups: BackupClient }

/** Three names, each in a commit of two sequences; a full behind the first, an incremental one behind the second. */
async function startSandbox(context: Pick<TestContext, 'skip'>, args: readonly string[] = []): Promise<Started> {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const sandbox = await startServing('sandbox', places, { args })
  const backups = new BackupClient(await connectTo(sandbox.port))
  await add(backups, 'Ada')
  await backups.create('FULL')
  await add(backups, 'Bo')
  await backups.create('INCREMENTAL')
  await add(backups, 'Cy')
  await eventually(async () => (await backups.status()).archived_seq).toBe(6)
  return { ...places, folder, sandbox, backups }
}

const add = (backups: BackupClient, name: string) => backups.query(`CREATE (:Person {name: '${name}'})`)

/** A text is decoded with its quotes. */
const namesIn = ({ nodes }: ReadState): string[] =>
  nodes.map(({ properties }) => JSON.parse(properties.find(({ name }) => name === 'name')?.text ?? '""')).toSorted()

const served = async (backups: BackupClient) =>
  (await backups.query('MATCH (n:Person) RETURN n.name ORDER BY n.name')).flat(2)

async function restore(backups: BackupClient, ...words: (string | number)[]) {
  const reply = record(await backups.ask('RESTORE', ...words))
  return { plan: record(reply.plan), result: reply.result === null ? null : record(reply.result) }
}

test('any state comes back into a new directory, and a dry run says the same and writes nothing', async (context) => {
  const { backups, folder } = await startSandbox(context)
  const times = (await backups.points()).map(({ time_us }) => time_us!)
  const asked: [words: (string | number)[], names: string[]][] = [
    [[1], ['Ada']],
    // an incremental backup
    [[2], ['Ada', 'Bo']],
    // a time includes the commit of that very microsecond
    [
      ['TIME', times[1]!],
      ['Ada', 'Bo'],
    ],
    [
      ['TIME', times[2]! - 1],
      ['Ada', 'Bo'],
    ],
    // a commit is never split
    [
      ['SEQ', 5],
      ['Ada', 'Bo'],
    ],
    [
      ['BEFORE', 6],
      ['Ada', 'Bo'],
    ],
    [['LATEST'], ['Ada', 'Bo', 'Cy']],
  ]
  for (const [index, [words, names]] of asked.entries()) {
    const path = join(folder, `restored-${index}`)
    const dry = await restore(backups, ...words, 'TO', path, 'DRYRUN')
    expect([words, dry.result, existsSync(path)]).toEqual([words, null, false])
    const { plan, result } = await restore(backups, ...words, 'TO', path)
    expect(plan).toEqual(dry.plan)
    expect(plan).toMatchObject({ timeline: '1', seq: names.length * 2, lost_commits: 3 - names.length, warnings: [] })
    const last_seq = names.length * 2
    expect(result).toMatchObject({ path, previous_path: null, proved: 1, differences: [], last_seq })
    const state = stateOfDatabase(path)
    expect([words, namesIn(state), state.lastSequence]).toEqual([words, names, last_seq])
  }
  expect(readdirSync(folder).filter((name) => name.includes('lifeboat-partial'))).toEqual([])
  // what is served is what it was
  expect(await served(backups)).toEqual(['Ada', 'Bo', 'Cy'])
})

describe('ADMIN.PITR', () => {
  const pitr = (backups: BackupClient, ...words: string[]) => backups.redis.call('ADMIN.PITR', ...words)

  test('takes a time as people write it, and says how it was read', async (context) => {
    const { backups, folder } = await startSandbox(context)
    const timeUs = (await backups.points())[1]!.time_us!
    const text = new Date(timeUs / 1000).toISOString().replace('Z', String(timeUs % 1000).padStart(3, '0'))
    const read = async (...words: string[]) => record(record(await pitr(backups, 'RESTORE', ...words, 'DRYRUN')).plan)
    const inUtc = await read(text, 'TO', join(folder, 'restored'))
    expect(inUtc).toMatchObject({ seq: 4, last_kept_us: timeUs, read_as: expect.stringContaining('UTC') })
    expect(await read(text, 'EXCLUSIVE', 'TO', join(folder, 'restored'))).toMatchObject({ seq: 2 })
    const berlin = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(timeUs / 1000)
    const local = `${berlin}${text.slice(text.indexOf('.'))}`
    expect(await read(local, 'ZONE', 'Europe/Berlin', 'TO', join(folder, 'restored'))).toMatchObject({
      seq: 4,
      last_kept_us: timeUs,
      read_as: expect.stringContaining('Europe/Berlin'),
    })
  })

  test('refuses a time that a clock showed twice with both, and what is no time', async (context) => {
    const { backups } = await startSandbox(context)
    const refusal = async (...words: string[]) =>
      pitr(backups, 'RESTORE', ...words, 'TO', '/nowhere/x').then(String, (error: Error) => error.message)
    expect(await refusal('2026-10-25 02:30', 'ZONE', 'Europe/Berlin')).toMatch(
      /^ERR .*twice.*TIME 1792888200000000 .*TIME 1792891800000000 /,
    )
    expect(await refusal('latest')).toMatch(/^ERR not a time: latest\. Nothing was written\. Write a time like/)
    expect(await refusal('10:30', 'ZONE', 'Atlantis')).toMatch(/^ERR .*Atlantis/)
  })
})

describe('in place', () => {
  test.for([{ args: [] }, { args: ['--sync'] }])(
    'a sandbox with $args goes on with the restored state; the one before lies beside it, whole',
    async ({ args }, context) => {
      const { backups, sandbox, data, repo } = await startSandbox(context, args)
      await backups.query('MATCH (n) DELETE n')
      const { result } = await restore(backups, 'BEFORE', 7)
      expect(result).toMatchObject({ path: data, proved: 1, last_seq: 6 })
      expect(await served(backups)).toEqual(['Ada', 'Bo', 'Cy'])
      const previous = stateOfDatabase(String(result?.previous_path))
      expect([previous.nodes, previous.lastSequence]).toEqual([[], 10])
      // a new timeline, on which nothing was written yet; the old one can still be gone back to
      expect(await backups.status()).toMatchObject({ timeline: '2', last_seq: 6, archived_seq: 6 })
      expect(record(await backups.ask('MARK', 'right behind'))).toMatchObject({ timeline: '2', seq: 6 })
      await add(backups, 'Dee')
      await eventually(async () => (await backups.status()).archived_seq).toBe(8)
      expect(await backups.status()).toMatchObject({ timeline: '2', last_seq: 8 })
      const again = join(data, '..', 'again')
      expect((await restore(backups, 'LATEST', 'TO', again)).plan).toMatchObject({ timeline: '2', seq: 8 })
      expect(namesIn(stateOfDatabase(again))).toEqual(['Ada', 'Bo', 'Cy', 'Dee'])
      await backups.create('FULL')
      await sandbox.end()
      const restarted = new BackupClient(
        await connectTo((await startServing('sandbox', { data, repo }, { args })).port),
      )
      expect(await served(restarted)).toEqual(['Ada', 'Bo', 'Cy', 'Dee'])
      expect(await restarted.status()).toMatchObject({ timeline: '2', last_seq: 8, archived_seq: 8 })
      expect(sandbox.log().filter(({ level }) => Number(level) >= 50)).toEqual([])
    },
  )

  test('writes go on until the switch, and none that was answered is lost: the state before has it', async (context) => {
    const { backups, sandbox } = await startSandbox(context)
    const writer = new BackupClient(await connectTo(sandbox.port))
    const answered: string[] = []
    let isOver = false
    const writing = (async () => {
      for (let number = 0; !isOver; number += 1) {
        try {
          await add(writer, `w${number}`)
          answered.push(`w${number}`)
        } catch (error) {
          expect((error as Error).message).toMatch(/^BUSY a restored database takes the place of this one/)
        }
      }
    })()
    await eventually(() => answered.length).toBeGreaterThan(20)
    const { result } = await restore(backups, 1)
    const countThen = answered.length
    await eventually(() => answered.length).toBeGreaterThan(countThen + 20)
    isOver = true
    await writing
    const before = new Set(namesIn(stateOfDatabase(String(result?.previous_path))))
    const after = new Set(await served(backups))
    expect(after.has('Ada')).toBe(true)
    // each lies on one side of the switch
    for (const name of answered) expect([name, before.has(name) !== after.has(name)]).toEqual([name, true])
  })

  test('an agent refuses, for the database is another process’s, and says what to do', async (context) => {
    const { sandbox, backups: first, ...places } = await startSandbox(context)
    await sandbox.end()
    const agent = await startServing('agent', places)
    const backups = new BackupClient(await connectTo(agent.port))
    expect(await backups.refusal('RESTORE', 1)).toBe(
      'ERR the database belongs to another process, which this agent cannot stop, so it is not restored in its place. Nothing was changed. Add TO path: a new directory. Then stop the database, and start it on that directory.',
    )
    expect(await backups.refusal('RESTORE', 1, 'DRYRUN')).toMatch(/^ERR the database belongs to another process/)
    const path = join(places.folder, 'restored')
    await restore(backups, 2, 'TO', path)
    expect(namesIn(stateOfDatabase(path))).toEqual(['Ada', 'Bo'])
  })
})

test('what cannot be is refused with the reason, and nothing is left', async (context) => {
  const { backups, folder, data, repo } = await startSandbox(context)
  const [first, , last] = await backups.points()
  mkdirSync(join(folder, 'full'))
  writeFileSync(join(folder, 'full', 'mine'), '')
  const fresh = join(folder, 'fresh')
  const refused: [words: (string | number)[], complaint: RegExp][] = [
    [[9, 'TO', fresh], /^NOTFOUND .*backup 9/],
    [['MARK', 'nothing', 'TO', fresh], /^(ERR|NOTFOUND) .*nothing/],
    [['TIME', first!.time_us! - 1, 'TO', fresh], /^ERR .*The nearest points: after it SEQ 2 \(TIME \d+\)\.$/],
    [['SEQ', last!.seq + 100, 'TO', fresh], /^ERR .*The nearest points: before it SEQ 6 \(TIME \d+\)\.$/],
    [[1, 'TO', join(folder, 'full')], /^ERR the target is not empty/],
    [[1, 'TO', 'restored'], /^ERR the target must be an absolute path/],
    [[1, 'TO', join(repo, 'restored')], /^ERR the target and the backup directory overlap/],
    [[1, 'TO', join(data, 'restored')], /^ERR the restored database would lie in the directory of the database/],
    [[1, 'TO', join(folder, 'no', 'such', 'folder')], /^NOTFOUND /],
  ]
  for (const [words, complaint] of refused) {
    expect([words, await backups.refusal('RESTORE', ...words)]).toEqual([words, expect.stringMatching(complaint)])
  }
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'full', 'repo'])
  expect(readdirSync(join(folder, 'full'))).toEqual(['mine'])
})

test('of two restores at once one is refused, and everything else is answered meanwhile', async (context) => {
  const { backups, folder, sandbox } = await startSandbox(context)
  const other = new BackupClient(await connectTo(sandbox.port))
  const graph = new BackupClient(await connectTo(sandbox.port))
  const running = restore(backups, 'LATEST', 'TO', join(folder, 'one'))
  const refusal = other.refusal('RESTORE', 'LATEST', 'TO', join(folder, 'two'))
  let isOver = false
  let answeredCount = 0
  const asking = (async () => {
    while (!isOver) {
      expect(await served(graph)).toEqual(['Ada', 'Bo', 'Cy'])
      answeredCount += 1
    }
  })()
  expect(await refusal).toMatch(/^BUSY a restore is running \(job \d+(, \d+ %)?\)/)
  expect((await running).result).toMatchObject({ proved: 1 })
  isOver = true
  await asking
  expect(answeredCount).toBeGreaterThan(1)
  expect(existsSync(join(folder, 'two'))).toBe(false)
  expect(await backups.status()).toMatchObject({ job: null, progress: null })
})

describe('marks', () => {
  test('name the state as it is, outlive a restart, and are gone back to', async (context) => {
    const { backups, sandbox, folder, ...places } = await startSandbox(context)
    const made = record(await backups.ask('MARK', 'before the release'))
    expect(made).toEqual({ name: 'before the release', timeline: '1', seq: 6, made_us: expect.any(Number) })
    await backups.query('MATCH (n) DELETE n')
    // what was answered before is in the state that is named
    await add(backups, 'Eve')
    expect(record(await backups.ask('MARK', 'ünïcode ✓'))).toMatchObject({ seq: 12 })
    expect(await backups.refusal('MARK', 'before the release')).toMatch(
      /^ERR there is a recovery point “before the release” already/,
    )
    await sandbox.end()
    const again = new BackupClient(await connectTo((await startServing('sandbox', places)).port))
    expect(((await again.ask('MARKS')) as unknown[]).map(record).map(({ name, seq }) => [name, seq])).toEqual([
      ['before the release', 6],
      ['ünïcode ✓', 12],
    ])
    for (const [name, names] of [
      ['before the release', ['Ada', 'Bo', 'Cy']],
      ['ünïcode ✓', ['Eve']],
    ] as const) {
      await restore(again, 'MARK', name, 'TO', join(folder, name))
      expect(namesIn(stateOfDatabase(join(folder, name)))).toEqual(names)
    }
  })
})

test('a state that could not be gone back to gets no name', async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const sandbox = await startServing('sandbox', { data: join(folder, 'data'), repo: join(folder, 'repo') })
  const backups = new BackupClient(await connectTo(sandbox.port))
  await add(backups, 'Ada')
  expect(await backups.refusal('MARK', 'too early')).toMatch(/^CHAIN .*too early.*CREATE FULL/)
  await backups.create('FULL')
  expect(record(await backups.ask('MARK', 'in time'))).toMatchObject({ seq: 2 })
})

describe('pins', () => {
  test('keep a backup and what it needs from retention until they are taken away', async (context) => {
    const { backups } = await startSandbox(context)
    for (let count = 0; count < 3; count += 1) await backups.create('FULL')
    expect(await backups.ask('PIN', 2, 'for the audit')).toBe('OK')
    await backups.ask('RETENTION', 'SET', 'MAXCOUNT', 1)
    const gone = async () => ((await backups.ask('PRUNE', 'DRYRUN')) as [number, string][]).map(([id]) => id)
    expect(await gone()).toEqual([3, 4])
    expect(await backups.ask('UNPIN', 2)).toBe('OK')
    expect(await gone()).toEqual([1, 2, 3, 4])
    // it was not pinned: the same
    expect(await backups.ask('UNPIN', 2)).toBe('OK')
    expect(await backups.refusal('PIN', 9)).toMatch(/^NOTFOUND backup 9/)
    expect(await backups.refusal('UNPIN', 9)).toMatch(/^NOTFOUND backup 9/)
  })
})

describe('other clients', () => {
  test('a client of RESP3 gets maps', async (context) => {
    const { sandbox, folder } = await startSandbox(context)
    const client = createClient({ url: `redis://127.0.0.1:${sandbox.port}`, RESP: 3 })
    onTestFinished(() => client.destroy())
    await client.connect()
    const path = join(folder, 'restored')
    const reply = await client.sendCommand(['ADMIN.BACKUP', 'RESTORE', 'SEQ', '4', 'TO', path])
    const plan = { timeline: '1', seq: 4, first_dropped_seq: 5, base: 1, commits: 1, lost_commits: 1, lost_puts: 1 }
    expect(reply).toMatchObject({ plan, result: { path, proved: 1, commits: 1, last_seq: 4 } })
  })

  test('redis-cli restores by a quoted time, marks and pins', async (context) => {
    skipWithoutRedisTools(context)
    const { sandbox, folder } = await startSandbox(context)
    const cli = async (typed: string) =>
      (await runRedisTool('redis-cli', ['-p', String(sandbox.port)], `${typed}\n`)).stdout
    expect(await cli('admin.backup mark "a quiet moment"')).toContain('a quiet moment')
    expect(await cli('ADMIN.BACKUP PIN 1 "for the audit"')).toBe('OK\n')
    const path = join(folder, 'by redis-cli')
    expect(await cli(`ADMIN.PITR RESTORE "2000-01-01T00:00:00.000000" TO "${path}"`)).toMatch(
      /nearest points: after it SEQ 2/,
    )
    expect(await cli(`ADMIN.BACKUP RESTORE MARK "a quiet moment" TO "${path}"`)).toContain(path)
    expect(namesIn(stateOfDatabase(path))).toEqual(['Ada', 'Bo', 'Cy'])
    const help = await cli('ADMIN.BACKUP HELP')
    for (const name of [
      'BACKUP RESTORE',
      'BACKUP MARK name',
      'BACKUP MARKS',
      'BACKUP PIN',
      'BACKUP UNPIN',
      'PITR RESTORE',
    ]) {
      expect(help).toContain(`ADMIN.${name}`)
    }
  })
})
