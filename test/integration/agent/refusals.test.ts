// Goal: an agent that cannot do its work says why and what to do, and harms nothing. Method: the command line as a process, with
// places, addresses and keys that are wrong; a repository on file systems that are full or read-only, where this user may mount.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest'
import { BackupClient } from '../../support/backup-client.ts'
import { eventually } from '../../support/eventually.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { numbersIn } from '../../support/numbered-writes.ts'
import { gapsOf, newestInRepository } from '../../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { connectTo, refusalToStart, startServing } from '../../support/serving-process.ts'
import { tempDir } from '../../support/temp-dir.ts'

// each starts processes, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 90_000 })

const tls = (name: string) => join(import.meta.dirname, '../../fixtures/tls', `${name}.pem`)

function places() {
  const folder = tempDir()
  return { folder, data: copyFixture('db_two_cf_crashed'), repo: join(folder, 'repo') }
}

/** What was refused, in one line. */
async function refused(...of: Parameters<typeof refusalToStart>): Promise<string> {
  const { exitCode, stderr, signal } = await refusalToStart(...of)
  return `${exitCode ?? signal} ${stderr.trim().replaceAll('\n', ' ')}`
}

/** A small file system of its own, or the test ends as skipped. */
function mountSmall(context: Pick<TestContext, 'skip'>, size: string): string {
  const path = join(tempDir(), 'small')
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'pipe' })
  } catch (cause) {
    context.skip(
      `did not run: this user may not mount a file system: ${cause instanceof Error ? cause.message : cause}`,
    )
  }
  onTestFinished(() => void execFileSync('umount', ['-l', path]))
  return path
}

function isRemounted(path: string, mode: 'ro' | 'rw'): boolean {
  try {
    execFileSync('mount', ['-o', `remount,${mode}`, path], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

describe('an agent does not start', () => {
  test('without a database', async () => {
    const { folder, repo } = places()
    expect(await refused('agent', { data: join(folder, 'nothing'), repo })).toMatch(/^3 .*nothing/)
    mkdirSync(join(folder, 'empty'))
    expect(await refused('agent', { data: join(folder, 'empty'), repo })).toMatch(/^4 .*empty/)
    expect(existsSync(repo)).toBe(false)
  })

  test('in a directory of something else, or inside of the database', async () => {
    const { folder, data } = places()
    writeFileSync(join(folder, 'letter.txt'), 'dear')
    expect(await refused('agent', { data, repo: folder })).toMatch(/^6 .*something else/)
    expect(readdirSync(folder)).toEqual(['letter.txt'])
    const before = readdirSync(data)
    expect(await refused('agent', { data, repo: join(data, 'repo') })).toMatch(/^6 /)
    expect(readdirSync(data)).toEqual(before)
    expect(await refused('agent', { data, repo: join(folder, 'a/b/c') })).toMatch(/^3 /)
  })

  test('for other machines without TLS and a password', async () => {
    const { folder, ...of } = places()
    writeFileSync(join(folder, 'password'), 'secret\n')
    const everywhere = ['--listen', '0.0.0.0:0']
    const encrypted = ['--tls-cert', tls('server'), '--tls-key', tls('server-key')]
    const login = ['--password-file', join(folder, 'password')]
    expect(await refused('agent', of, everywhere)).toMatch(/^2 .*TLS and a password/)
    expect(await refused('agent', of, [...everywhere, ...encrypted])).toMatch(/^2 .*a password is missing/)
    expect(await refused('agent', of, [...everywhere, ...login])).toMatch(/^2 .*TLS is missing/)
    expect(await refused('agent', of, encrypted.slice(0, 2))).toMatch(/^2 .*--tls-key/)
    expect(await refused('agent', of, ['--rate-limit', 'fast'])).toMatch(/^2 .*rate/)
    expect(await refused('agent', of, ['--password-file', join(folder, 'absent')])).toMatch(/^3 .*absent/)
    expect(existsSync(join(of.repo, 'locks/writer.json'))).toBe(false)
  })

  test('where another one writes, and names it', async () => {
    const { folder: _folder, ...of } = places()
    const first = await startServing('agent', of)
    const answer = await refused('agent', of)
    expect(answer).toMatch(/^6 .*another process writes/)
    expect(answer).toContain(`agent, process ${first.command.child.pid} on `)
    expect((await first.end()).exitCode).toBe(0)
    const second = await startServing('agent', of)
    await second.kill()
    // a holder that is gone is noticed at once
    await startServing('agent', of)
  })

  test('in a repository that cannot be written', async (context) => {
    const { data } = places()
    const small = mountSmall(context, '8m')
    const of = { data, repo: join(small, 'repo') }
    await (await startServing('agent', of)).end()
    execFileSync('mount', ['-o', 'remount,ro', small])
    expect(await refused('agent', of)).toMatch(/^(4|6) .*repo/)
  })
})

describe('a repository that becomes read-only', () => {
  test('takes no backups until it can be written again; nothing is lost', { timeout: 60_000 }, async (context) => {
    skipWithoutRocksdbNative(context)
    const small = mountSmall(context, '8m')
    const of = { data: join(tempDir(), 'data'), repo: join(small, 'repo') }
    const sandbox = await startServing('sandbox', of)
    const backups = new BackupClient(await connectTo(sandbox.port))
    await backups.query('CREATE (:Write {number: 1})')
    await backups.create('FULL')
    // closes the segment: an open file keeps a file system writable
    await backups.create('INCREMENTAL')
    await eventually(() => isRemounted(small, 'ro')).toBe(true)
    await backups.query('CREATE (:Write {number: 2})')
    expect(await backups.refusal('CREATE', 'FULL')).toMatch(/^READONLY /)
    expect(await backups.refusal('RETENTION', 'SET', 'MAXCOUNT', 3)).toMatch(/^READONLY /)
    expect((await backups.list()).map(({ id, state }) => `${id} ${state}`)).toEqual(['2 ok', '1 ok'])
    expect(isRemounted(small, 'rw')).toBe(true)
    await backups.create('INCREMENTAL')
    expect(gapsOf(of.repo)).toEqual([])
    expect([...numbersIn(newestInRepository(of.repo))]).toEqual([1, 2])
  })
})

describe('a disk that is full', () => {
  test('stops backups and the archive with NOSPACE; both go on when there is space, without a gap', {
    timeout: 90_000,
  }, async (context) => {
    skipWithoutRocksdbNative(context)
    const small = mountSmall(context, '4m')
    const of = { data: join(tempDir(), 'data'), repo: join(small, 'repo') }
    const sandbox = await startServing('sandbox', of)
    const backups = new BackupClient(await connectTo(sandbox.port))
    let number = 0
    const write = async (bytes: number) => {
      number += 1
      await backups.query(`CREATE (:Write {number: ${number}, text: '${'x'.repeat(bytes)}'})`)
    }
    await write(10)
    await backups.create('FULL')
    const filler = join(small, 'filler')
    try {
      writeFileSync(filler, Buffer.alloc(8 * 1024 * 1024))
    } catch {
      // that was the purpose
    }
    for (let index = 0; index < 20; index += 1) await write(10_000)
    expect(await backups.refusal('CREATE', 'FULL')).toMatch(/^NOSPACE /)
    expect(await backups.refusal('CREATE', 'INCREMENTAL')).toMatch(/^NOSPACE /)
    await eventually(async () => (await backups.status()).archive_lag_us).toBeGreaterThan(500_000)
    expect(await backups.status()).toMatchObject({ timeline: '1', last_seq: number * 2, job: null })
    expect((await backups.status()).archived_seq).toBeLessThan(number * 2)
    expect((await backups.list()).map(({ id, state }) => ({ id, state }))).toEqual([{ id: 1, state: 'ok' }])
    expect(sandbox.log().filter(({ msg }) => msg.includes('stands still')).length).toBeGreaterThan(0)

    rmSync(filler)
    await eventually(async () => (await backups.status()).archived_seq).toBe(number * 2)
    const increment = await backups.create('INCREMENTAL')
    expect(await backups.verify(increment, 'deep')).toMatchObject({ result: 'passed', problems: [] })
    const full = await backups.create('FULL')
    expect(await backups.verify(full, 'deep')).toMatchObject({ result: 'passed', problems: [] })
    expect(gapsOf(of.repo)).toEqual([])
    expect(await sandbox.end()).toMatchObject({ exitCode: 0 })
    expect(numbersIn(newestInRepository(of.repo)).size).toBe(number)
  })

  test('lets a synchronous sandbox acknowledge nothing that is not archived', { timeout: 90_000 }, async (context) => {
    skipWithoutRocksdbNative(context)
    const small = mountSmall(context, '2m')
    const of = { data: join(tempDir(), 'data'), repo: join(small, 'repo') }
    const sandbox = await startServing('sandbox', of, { args: ['--sync'] })
    const backups = new BackupClient(await connectTo(sandbox.port))
    await backups.create('FULL')
    const acknowledged: number[] = []
    let failure = ''
    for (let number = 1; failure === '' && number < 1000; number += 1) {
      try {
        await backups.query(`CREATE (:Write {number: ${number}, text: '${'x'.repeat(20_000)}'})`)
        acknowledged.push(number)
      } catch (thrown) {
        failure = (thrown as Error).message
      }
    }
    expect(failure).toMatch(/^NOSPACE /)
    expect(acknowledged.length).toBeGreaterThan(5)
    await sandbox.kill()
    const archived = numbersIn(newestInRepository(of.repo))
    expect(acknowledged.filter((number) => !archived.has(number))).toEqual([])
  })
})

describe('who may connect', () => {
  test('is who knows the password, over TLS with a certificate where that is asked for', async () => {
    const { folder, ...of } = places()
    writeFileSync(join(folder, 'password'), 'secret word\nmore\n')
    const agent = await startServing('agent', of, {
      args: [
        '--password-file',
        join(folder, 'password'),
        '--tls-cert',
        tls('server'),
        '--tls-key',
        tls('server-key'),
        '--tls-ca',
        tls('ca'),
      ],
    })
    const readPem = (name: string) => readFileSync(tls(name))
    const trusted = { ca: readPem('ca'), cert: readPem('client'), key: readPem('client-key'), servername: 'localhost' }
    const client = new BackupClient(await connectTo(agent.port, { tls: trusted, password: 'secret word' }))
    expect(await client.create('FULL')).toBe(1)
    expect((await client.list()).map(({ id }) => id)).toEqual([1])
    const stranger = await connectTo(agent.port, { tls: trusted, enableReadyCheck: false })
    expect(await new BackupClient(stranger).refusal('LIST')).toMatch(/^NOAUTH /)
    await expect(stranger.auth('wrong')).rejects.toThrow(/^WRONGPASS /)
    expect(await stranger.auth('secret word')).toBe('OK')
    expect(await new BackupClient(stranger).refusal('INFO', 2)).toMatch(/^NOTFOUND /)
    await expect(
      connectTo(agent.port, {
        tls: { ...trusted, cert: readPem('stranger'), key: readPem('stranger-key') },
        password: 'secret word',
      }).then((each) => each.ping()),
    ).rejects.toThrow()
    await expect(connectTo(agent.port, { password: 'secret word' }).then((each) => each.ping())).rejects.toThrow()
  })

  test('reads metrics that count what was done', async () => {
    const { folder: _folder, ...of } = places()
    const agent = await startServing('agent', of, { args: ['--metrics', '127.0.0.1:0'] })
    const backups = new BackupClient(await connectTo(agent.port))
    await backups.create('FULL')
    const { archived_seq } = await backups.status()
    const answer = await fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    const values = Object.fromEntries(
      (await answer.text())
        .split('\n')
        .flatMap((line) => (line.startsWith('#') || line === '' ? [] : [line.split(' ')])),
    )
    expect(values).toMatchObject({
      lifeboat_backups_made_total: '1',
      lifeboat_backups_failed_total: '0',
      lifeboat_connections: '1',
      lifeboat_archived_sequence: String(archived_seq),
    })
    expect((await fetch(`http://127.0.0.1:${agent.metricsPort}/`)).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${agent.metricsPort}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})
