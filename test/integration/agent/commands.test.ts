// Goal: ADMIN.BACKUP does what docs/agent.md says, through clients that know nothing of it. Method: a sandbox as a process of
// its own; ioredis, and a second client library for the shapes of RESP3.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createClient } from 'redis'
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest'
import { BackupClient, record } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { flipByte } from '../../support/fixtures.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, type Places, type Serving, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

// each starts processes, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 90_000 })

type Started = Places & { readonly sandbox: Serving; readonly backups: BackupClient }

async function startSandbox(context: Pick<TestContext, 'skip'>): Promise<Started> {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const sandbox = await startServing('sandbox', places)
  return { ...places, sandbox, backups: new BackupClient(await connectTo(sandbox.port)) }
}

const addNode = (backups: BackupClient, name = 'n') => backups.query(`CREATE (:Node {name: '${name}'})`)

describe('backups', () => {
  test('are made, listed newest first, described and found true', async (context) => {
    const { backups } = await startSandbox(context)
    await addNode(backups)
    const startedAtUs = Date.now() * 1000
    // without a kind: a full at first, then an incremental one
    expect(await backups.create('LABEL', 'before the release')).toBe(1)
    await addNode(backups)
    expect(await backups.create()).toBe(2)
    expect(await backups.create('incremental', 'label', 'ünïcode ✓')).toBe(3)
    await addNode(backups)
    expect(await backups.create('FULL', 'ASYNC')).toBe(4)
    await eventually(async () => (await backups.list()).length).toBe(4)
    const rows = await backups.list()
    const sizes = { bytes: expect.any(Number), files: expect.any(Number), created_us: expect.any(Number) }
    const of = (
      id: number,
      kind: string,
      first_seq: number,
      last_seq: number,
      base: number | null,
      label: string | null,
    ) => {
      return { id, kind, state: 'ok', first_seq, last_seq, base, label, verified_us: null, ...sizes }
    }
    expect(rows).toEqual([
      of(4, 'full', 7, 6, null, null),
      of(3, 'incremental', 5, 4, 2, 'ünïcode ✓'),
      of(2, 'incremental', 3, 4, 1, null),
      of(1, 'full', 3, 2, null, 'before the release'),
    ])
    const times = rows.map(({ created_us }) => created_us)
    expect(times.toSorted((left, right) => right - left)).toEqual(times)
    expect(times.at(-1)!).toBeGreaterThanOrEqual(startedAtUs)
    expect((await backups.list('LIMIT', 2)).map(({ id }) => id)).toEqual([4, 3])
    expect((await backups.list('BEFORE', 3, 'LIMIT', 1)).map(({ id }) => id)).toEqual([2])
    expect(await backups.list('BEFORE', 1)).toEqual([])

    const info = await backups.info(3)
    expect(info).toEqual({ ...rows[1], chain: [1, 2, 3], file_list: [], problems: [] })
    const [second, full] = [await backups.info(2), await backups.info(4)]
    expect(second.chain).toEqual([1, 2])
    expect(second.file_list.map(({ path }) => path)).toEqual([
      'wal/1/00000000000000000001.wal',
      'wal/1/00000000000000000001.idx',
    ])
    expect(full.file_list).toHaveLength(full.files)
    expect(full.file_list.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(full.bytes)

    for (const level of ['presence', 'checksum', 'deep', undefined]) {
      const verified = await backups.verify(3, level)
      expect(verified).toMatchObject({ id: 3, level: level ?? 'checksum', result: 'passed', problems: [] })
      expect(verified.files).toBe(rows[3]!.files + second.files)
      if (level !== 'presence') expect(verified.bytes).toBe(rows[3]!.bytes + second.bytes)
    }
    expect((await backups.list())[1]!.verified_us).toBeGreaterThan(startedAtUs)
  })

  test('are deleted with those that need them by force alone, and an id is never given again', async (context) => {
    const { backups } = await startSandbox(context)
    for (const kind of ['FULL', 'INCREMENTAL', 'INCREMENTAL', 'FULL']) {
      await addNode(backups)
      await backups.create(kind)
    }
    expect(await backups.refusal('DELETE', 2)).toMatch(/^CHAIN .*3/)
    expect(await backups.refusal('DELETE', 9)).toMatch(/^NOTFOUND .*9/)
    expect(await backups.ask('DELETE', 3)).toBe('OK')
    expect((await backups.list()).map(({ id }) => id)).toEqual([4, 2, 1])
    expect(await backups.ask('DELETE', 1, 'FORCE')).toEqual([1, 2])
    // the last sound full stays until it is forced
    expect(await backups.refusal('DELETE', 4)).toMatch(/^CHAIN /)
    expect(await backups.ask('DELETE', 4, 'FORCE')).toEqual([4])
    expect(await backups.list()).toEqual([])
    expect(await backups.refusal('CREATE', 'INCREMENTAL')).toMatch(/^CHAIN .*CREATE FULL/)
    expect(await backups.create()).toBeGreaterThan(4)
  })

  test('are pruned by a policy as its dry run says, and after each new one', async (context) => {
    const { backups } = await startSandbox(context)
    for (let index = 0; index < 4; index += 1) await backups.create('FULL')
    expect(record(await backups.ask('RETENTION', 'GET'))).toEqual({ maxcount: 0, maxage_days: 0 })
    expect(record(await backups.ask('RETENTION', 'SET', 'MAXCOUNT', 2, 'MAXAGE', 30))).toEqual({
      maxcount: 2,
      maxage_days: 30,
    })
    const planned = await backups.ask('PRUNE', 'DRYRUN')
    expect(planned).toEqual([
      [1, expect.stringContaining('2 backups')],
      [2, expect.stringContaining('2 backups')],
    ])
    expect((await backups.list()).map(({ id }) => id)).toEqual([4, 3, 2, 1])
    expect(await backups.ask('PRUNE')).toEqual(planned)
    expect((await backups.list()).map(({ id }) => id)).toEqual([4, 3])
    await backups.create('FULL')
    expect((await backups.list()).map(({ id }) => id)).toEqual([5, 4])
    expect(record(await backups.ask('RETENTION', 'SET', 'MAXAGE', 0))).toEqual({ maxcount: 2, maxage_days: 0 })
    expect(await backups.ask('PRUNE')).toEqual([])
  })

  test('are made by themselves on a schedule, which outlives a restart', async (context) => {
    const { backups, sandbox, ...places } = await startSandbox(context)
    expect(record(await backups.ask('SCHEDULE', 'GET'))).toEqual({ full: null, incremental: null, verify: null })
    const schedule = { full: '* * * * * *', incremental: null, verify: null }
    expect(record(await backups.ask('SCHEDULE', 'SET', 'FULL', '* * * * * *'))).toEqual(schedule)
    await eventually(async () => (await backups.list()).length).toBeGreaterThan(1)
    expect(await backups.refusal('SCHEDULE', 'SET', 'VERIFY', 'every day')).toMatch(/^ERR .*cron/)
    expect(record(await backups.ask('SCHEDULE', 'GET'))).toEqual(schedule)
    await sandbox.end()
    const again = new BackupClient(await connectTo((await startServing('sandbox', places)).port))
    const [newest] = await again.list()
    await eventually(async () => (await again.list())[0]!.id).toBeGreaterThan(newest!.id)
    const set = ['FULL', '', 'INCREMENTAL', '0 * * * *', 'VERIFY', '0 3 * * 0']
    expect(record(await again.ask('SCHEDULE', 'SET', ...set))).toEqual({
      full: null,
      incremental: '0 * * * *',
      verify: '0 3 * * 0',
    })
  })

  test('a damaged byte in a table that backups share is found by VERIFY and named, and both are listed as damaged', async (context) => {
    const { backups, repo } = await startSandbox(context)
    for (let index = 0; index < 2; index += 1) {
      await addNode(backups)
      await backups.create('FULL')
    }
    const shared = new Set((await backups.info(2)).file_list.map(({ path }) => path))
    const path = (await backups.info(1)).file_list
      .map((file) => file.path)
      .find((each) => each.startsWith('shared') && shared.has(each))!
    flipByte(join(repo, path), 100)
    // sizes are as they were
    expect((await backups.verify(1, 'presence')).result).toBe('passed')
    for (const id of [1, 2]) {
      const { result, problems } = await backups.verify(id, 'checksum')
      expect([result, problems.length, problems[0]!.split(':')[0]]).toEqual(['failed', 1, path])
    }
    const shown = (await backups.list()).map(({ id, state, verified_us }) => ({ id, state, verified_us }))
    expect(shown).toEqual([2, 1].map((id) => ({ id, state: 'damaged', verified_us: null })))
    expect((await backups.info(2)).problems).toEqual([expect.stringContaining(path)])
    // what was proved to be bad is nothing to build on
    expect(await backups.refusal('CREATE', 'INCREMENTAL')).toMatch(/^CHAIN /)
  })

  test('a full backup behind that does not share the damaged table, and heals those that do', async (context) => {
    const { backups, repo } = await startSandbox(context)
    await addNode(backups)
    await backups.create('FULL')
    const { file_list } = await backups.info(1)
    flipByte(join(repo, file_list.find(({ path }) => path.startsWith('shared'))!.path), 100)
    await backups.verify(1)
    expect(await backups.create('FULL')).toBe(2)
    expect([(await backups.verify(2)).result, (await backups.verify(1)).result]).toEqual(['passed', 'passed'])
  })

  test('a damaged table is not replaced with one of the database that has other bytes as well', async (context) => {
    const { backups, repo, data } = await startSandbox(context)
    await addNode(backups)
    await backups.create('FULL')
    const { file_list } = await backups.info(1)
    const { path } = file_list.find((file) => file.path.startsWith('shared'))!
    const stored = join(repo, path)
    flipByte(stored, 100)
    await backups.verify(1)
    const damaged = readFileSync(stored)
    flipByte(join(data, `${/[0-9]+/.exec(basename(path))![0]}.sst`), 120)
    expect(await backups.refusal('CREATE', 'FULL')).toMatch(/^CORRUPT .*the table itself has other bytes than they say/)
    expect([readFileSync(stored).equals(damaged), (await backups.list()).map(({ id }) => id)]).toEqual([true, [1]])
  })
})

describe('the archive', () => {
  test('tells its commits by time', async (context) => {
    const { backups } = await startSandbox(context)
    for (let index = 0; index < 5; index += 1) await addNode(backups)
    await backups.query('MATCH (n:Node) DELETE n')
    await eventually(async () => (await backups.status()).archived_seq).toBe(5 * 2 + 6)
    const points = await backups.points()
    expect(points.map(({ seq, count, puts, deletes }) => [seq, count, puts, deletes])).toEqual([
      // what marks a commit's time is counted among its sequences, not among its puts
      ...[1, 3, 5, 7, 9].map((seq) => [seq, 2, 1, 0]),
      [11, 6, 0, 5],
    ])
    const times = points.map(({ time_us }) => time_us!)
    expect(await backups.points('FROM', times[1]!, 'TO', times[3]!)).toEqual(points.slice(1, 4))
    expect(await backups.points('TO', times[0]!)).toEqual(points.slice(0, 1))
    expect(await backups.points('FROM', times[5]! + 1)).toEqual([])
    expect(await backups.points('FROM', times[2]!, 'LIMIT', 2)).toEqual(points.slice(2, 4))
    // the same when its segment was closed
    await backups.create('FULL')
    await backups.create('INCREMENTAL')
    expect(await backups.points()).toEqual(points)
  })

  test('tells how far it is, and what can be recovered', async (context) => {
    const { backups } = await startSandbox(context)
    const none = {
      timeline: '1',
      last_seq: 0,
      archived_seq: 0,
      recoverable_from_us: null,
      recoverable_to_us: null,
      job: null,
      progress: null,
    }
    expect(await backups.status()).toEqual({ ...none, archive_lag_us: 0 })
    await addNode(backups)
    await backups.create('FULL')
    await addNode(backups)
    await eventually(async () => (await backups.status()).archived_seq).toBe(4)
    const [first, second] = await backups.points()
    const expected = {
      ...none,
      last_seq: 4,
      archived_seq: 4,
      archive_lag_us: 0,
      recoverable_from_us: first!.time_us,
      recoverable_to_us: second!.time_us,
    }
    expect(await backups.status()).toEqual(expected)
    expect(record(await backups.redis.call('ADMIN.STATUS'))).toEqual(expected)
  })
})

describe('FETCH', () => {
  test('gives the bytes of files of the repository, and of nothing else', async (context) => {
    const { backups, repo } = await startSandbox(context)
    await backups.query(`CREATE (:Node {text: '${'x'.repeat(200_000)}'})`)
    await backups.create('FULL')
    for (const { path, bytes } of (await backups.info(1)).file_list) {
      expect((await backups.fetch(path, 0, 8 * 1024 * 1024)).equals(readFileSync(join(repo, path)))).toBe(true)
      const from = Math.max(0, bytes - 2)
      expect(await backups.fetch(path, from, 100)).toEqual(readFileSync(join(repo, path)).subarray(from))
      expect(await backups.fetch(path, bytes + 5, 100)).toEqual(Buffer.alloc(0))
    }
    expect(await backups.fetch('lifeboat.json', 1, 3)).toEqual(Buffer.from('"cr'))
    const refused = [
      '../data/CURRENT',
      '/etc/passwd',
      'meta',
      'meta/',
      './meta/1',
      'meta/../meta/1',
      'meta//1',
      '.hidden',
      'meta/.1',
      '',
      'nothing',
      'meta\\1',
      'meta/1\u0000',
      'x'.repeat(5000),
    ]
    for (const path of refused)
      expect([path, await backups.refusal('FETCH', path, 0, 10)]).toEqual([path, expect.stringMatching(/^NOTFOUND /)])
    expect(await backups.refusal('FETCH', 'meta/1', 0, 8 * 1024 * 1024 + 1)).toMatch(/^ERR /)
    expect(await backups.refusal('FETCH', 'meta/1', -1, 1)).toMatch(/^ERR /)
    expect(await backups.refusal('FETCH', 'meta/1', 0)).toMatch(/^ERR .*FETCH path offset length/)
  })
})

describe('words', () => {
  test('that are wrong are answered with those that are right', async (context) => {
    const { backups } = await startSandbox(context)
    const wrong: [words: (string | number)[], complaint: RegExp][] = [
      [['CREATE', 'HALF'], /^ERR .*'HALF'.*CREATE \[FULL \| INCREMENTAL\]/],
      [['CREATE', 'LABEL'], /^ERR .*label/],
      [['CREATE', 'LABEL', 'x'.repeat(201)], /^ERR .*200/],
      [['CREATE', 'LABEL', 'a\nb'], /^ERR .*control/],
      [['LIST', 'LIMIT', 0], /^ERR .*whole number from 1/],
      [['LIST', 'BEFORE'], /^ERR .*LIST \[LIMIT n\]/],
      [['INFO'], /^ERR .*INFO id/],
      [['INFO', 'one'], /^ERR .*'one'/],
      [['INFO', '01'], /^ERR /],
      [['INFO', 7], /^NOTFOUND backup 7/],
      [['VERIFY', 7], /^NOTFOUND backup 7/],
      [['VERIFY', 7, 'LEVEL', 'best'], /^ERR .*presence\|checksum\|deep/],
      [['VERIFY', '9007199254740993'], /^ERR /],
      [['DELETE', 7, 'NOW'], /^ERR .*'NOW'/],
      [['RETENTION', 'SET', 'MAXCOUNT', '1.5'], /^ERR /],
      [['RETENTION'], /^ERR .*GET \| SET/],
      [['PRUNE', 'ALL'], /^ERR .*PRUNE \[DRYRUN\]/],
      [['STATUS', 'now'], /^ERR .*STATUS/],
      [['POINTS', 'FROM', 'yesterday'], /^ERR .*POINTS/],
      [['RESTORE', '1', 'TO', '/tmp/x'], /^NOTFOUND backup 1|^NOTFOUND .*1/],
      [['UNKNOWN'], /^ERR .*HELP/],
    ]
    for (const [words, complaint] of wrong)
      expect([words, await backups.refusal(...words)]).toEqual([words, expect.stringMatching(complaint)])
    const help = (await backups.ask('HELP')) as string[]
    for (const name of [
      'CREATE',
      'LIST',
      'INFO',
      'VERIFY',
      'DELETE',
      'RETENTION',
      'PRUNE',
      'SCHEDULE',
      'STATUS',
      'POINTS',
      'FETCH',
    ])
      expect(help.some((line) => line.startsWith(`ADMIN.BACKUP ${name}`))).toBe(true)
    expect(await backups.list()).toEqual([])
  })

  test('are answered with maps, numbers and nulls in RESP3', async (context) => {
    const { backups, sandbox } = await startSandbox(context)
    await addNode(backups)
    await backups.create('FULL')
    const client = createClient({
      socket: { port: sandbox.port, host: '127.0.0.1', reconnectStrategy: false },
      RESP: 3,
    })
    client.on('error', () => {})
    onTestFinished(() => client.destroy())
    await client.connect()
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value))
    const [row] = plain(await client.sendCommand(['ADMIN.BACKUP', 'LIST']))
    expect(row).toEqual((await backups.list())[0])
    expect(row).toMatchObject({ id: 1, kind: 'full', base: null })
    expect(plain(await client.sendCommand(['ADMIN.BACKUP', 'STATUS']))).toEqual(await backups.status())
    const info = plain(await client.sendCommand(['ADMIN.BACKUP', 'INFO', '1']))
    expect(info).toEqual(await backups.info(1))
    await expect(client.sendCommand(['ADMIN.BACKUP', 'INFO', '2'])).rejects.toThrow('NOTFOUND backup 2')
  })
})
