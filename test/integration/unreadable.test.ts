// Goal: what this user may not read is an error that names it, and costs the backups that need it alone.
// Method: the command line as a user without rights (root reads everything), on a fixture with one right taken away.
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, type TestContext, test } from 'vitest'
import { runCommand } from '../support/command-line.ts'
import { copyFixture } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const asNobody = isRoot ? { uid: NOBODY } : {}

beforeEach(async (context: TestContext) => {
  if (process.platform === 'win32') context.skip('did not run: Windows has no permission bits')
  if (!isRoot) return
  // the checkout of a root user may lie where nobody else can look
  const { exitCode } = await runCommand(['--version'], { ...asNobody, cwd: '/' }).catch(() => ({ exitCode: 1 }))
  if (exitCode !== 0) context.skip('did not run: a user without rights cannot run the checkout where it lies')
})

/** A folder that the user without rights may write to. */
function openFolder(): string {
  const folder = tempDir()
  chmodSync(folder, 0o777)
  return folder
}

function openFixture(): string {
  const path = copyFixture('backup_v1')
  chmodSync(join(path, '..'), 0o755)
  return path
}

test('a table that may not be read is named, and the other backups verify', async () => {
  const path = openFixture()
  const table = 'shared_checksum/000031_sVC4SRC68E6LUGJ7RKDUF_1026.sst'
  chmodSync(join(path, table), 0)
  const folder = ['--data-folder', join(openFolder(), 'data')]
  const listed = await runCommand([...folder, '--json', 'inspect', path, '3'], { ...asNobody, cwd: '/' })
  expect(JSON.parse(listed.stdout)).toMatchObject({
    backup: { state: 'incomplete' },
    damages: [{ file: table, problem: 'permission denied' }],
  })
  const verified = await runCommand([...folder, '--json', 'verify', path], { ...asNobody, cwd: '/' })
  expect(verified.exitCode).toBe(5)
  expect(JSON.parse(verified.stdout)).toMatchObject({
    problems: [{ path: table, kind: 'unreadable', backupIds: [3], backupCount: 1 }],
  })
})

test('a directory that may not be entered is an error with its path', async () => {
  const path = openFixture()
  chmodSync(path, 0o700)
  if (!isRoot) chmodSync(path, 0)
  const answer = await runCommand(['--data-folder', join(openFolder(), 'data'), 'ls', path], { ...asNobody, cwd: '/' })
  chmodSync(path, 0o755)
  expect(answer.exitCode).toBe(4)
  expect(answer.stderr).toContain(`permission denied: ${path}`)
})
