// Goal: a full backup that takes long is seen, alone, and ends well however its process or its client ends. Method: a database
// of some MiB, and an agent that may read one MiB a second.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, type TestContext, test, vi } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { writeLargeDatabase } from '../../support/large-database.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, type Places, type Serving, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { filesBelow, filesNamed } from '../backup-full/support.ts'

// each starts processes, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 90_000 })

const MEBIBYTES = 5

type Started = Places & { readonly agent: Serving; readonly backups: BackupClient }

/** A slow full of a slow agent is under way. */
async function startSlowFull(
  context: Pick<TestContext, 'skip'>,
  { words = [], mebibytes = MEBIBYTES }: { words?: string[]; mebibytes?: number } = {},
): Promise<Started> {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  await writeLargeDatabase(places.data, mebibytes)
  const agent = await startServing('agent', places, { args: ['--rate-limit', '1'] })
  const backups = new BackupClient(await connectTo(agent.port))
  const asking = new BackupClient(await connectTo(agent.port))
  asking.create('FULL', ...words).catch(() => {})
  await eventually(async () => Number((await backups.status()).progress)).toBeGreaterThan(0.1)
  return { ...places, agent, backups }
}

/** Files of full backups that nothing published names. */
function strays(repo: string): string[] {
  const named = new Set(filesNamed(repo))
  return ['meta', 'private', 'shared_checksum']
    .flatMap((folder) => filesBelow(join(repo, folder)).map((path) => `${folder}/${path}`))
    .filter((path) => !named.has(path))
}

describe('while a full runs', () => {
  test('others are refused with how far it is, and everything else is answered', async (context) => {
    const { backups } = await startSlowFull(context, { words: ['LABEL', 'slow'] })
    const busy = /^BUSY a full backup is running \(job 1, \d+ %\)/
    for (const words of [
      ['CREATE', 'FULL'],
      ['CREATE', 'INCREMENTAL'],
      ['CREATE', 'ASYNC'],
      ['PRUNE'],
      ['DELETE', 1],
      ['RESTORE', 'LATEST', 'TO', '/nowhere/restored'],
    ]) {
      expect([words, await backups.refusal(...words)]).toEqual([words, expect.stringMatching(busy)])
    }
    expect(await backups.status()).toMatchObject({
      job: 'a full backup (job 1)',
      progress: expect.stringMatching(/^0\.\d+$/),
    })
    expect(await backups.list()).toEqual([])
    expect([await backups.ask('PRUNE', 'DRYRUN'), await backups.refusal('INFO', 1)]).toEqual([
      [],
      expect.stringMatching(/^NOTFOUND /),
    ])
    await eventually(async () => (await backups.list()).length).toBe(1)
    expect((await backups.list())[0]).toMatchObject({ id: 1, kind: 'full', label: 'slow', state: 'ok' })
    await eventually(async () => (await backups.status()).job).toBe(null)
    // everything is there already
    expect(await backups.create('FULL')).toBe(2)
  })

  test('the client that asked for it may go, and ASYNC answers at once', async (context) => {
    const { agent, backups } = await startSlowFull(context, { words: ['ASYNC'] })
    const leaving = await connectTo(agent.port)
    await eventually(async () => (await backups.status()).job).toBe(null)
    expect((await backups.list()).map(({ id, state }) => ({ id, state }))).toEqual([{ id: 1, state: 'ok' }])
    leaving.call('ADMIN.BACKUP', 'CREATE', 'FULL', 'LABEL', 'left alone').catch(() => {})
    await leaving.ping().catch(() => {})
    leaving.disconnect()
    await eventually(async () => (await backups.list())[0]).toMatchObject({ id: 2, label: 'left alone', state: 'ok' })
  })

  test('the client that waits for it may go: it is made all the same', async (context) => {
    skipWithoutRocksdbNative(context)
    const folder = tempDir()
    const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
    await writeLargeDatabase(places.data, 3)
    const agent = await startServing('agent', places, { args: ['--rate-limit', '1'] })
    const backups = new BackupClient(await connectTo(agent.port))
    const leaving = await connectTo(agent.port)
    leaving.call('ADMIN.BACKUP', 'CREATE', 'FULL').catch(() => {})
    await eventually(async () => (await backups.status()).job).toBe('a full backup (job 1)')
    leaving.disconnect()
    await eventually(async () => (await backups.list()).length).toBe(1)
    expect(await backups.verify(1, 'deep')).toMatchObject({ result: 'passed', problems: [] })
  })

  test('SIGTERM ends the agent in order: exit status 0, and nothing of it is left', async (context) => {
    // longer than the grace that a running command has
    const { agent, ...places } = await startSlowFull(context, { mebibytes: 10 })
    expect(await agent.end()).toMatchObject({ exitCode: 0, signal: null })
    expect([strays(places.repo), filesNamed(places.repo), existsSync(join(places.repo, 'locks/writer.json'))]).toEqual([
      [],
      [],
      false,
    ])
    const again = new BackupClient(await connectTo((await startServing('agent', places)).port))
    expect(await again.list()).toEqual([])
    // the number was given
    expect(await again.create('FULL')).toBe(2)
    expect(await again.verify(2, 'deep')).toMatchObject({ result: 'passed' })
  })

  test('SIGKILL leaves what the next start removes', async (context) => {
    const { agent, ...places } = await startSlowFull(context)
    await agent.kill()
    expect(strays(places.repo)).not.toEqual([])
    const again = new BackupClient(await connectTo((await startServing('agent', places)).port))
    expect([await again.list(), strays(places.repo)]).toEqual([[], []])
    expect(await again.create('FULL')).toBe(2)
    expect(await again.verify(2, 'deep')).toMatchObject({ result: 'passed', problems: [] })
    expect(strays(places.repo)).toEqual([])
    expect(readdirSync(join(places.repo, 'private'))).toEqual(['2'])
  })
})
