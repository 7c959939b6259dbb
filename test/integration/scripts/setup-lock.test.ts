// Goal: two set-ups of one checkout never work at once, and a dead one holds nobody up. Method: real processes that
// append to one log while they hold the lock.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp-dir.ts'

const lockModule = pathToFileURL(join(import.meta.dirname, '..', '..', '..', 'scripts', 'setup', 'lock.mjs')).href

/** Runs `body` under the lock of `folder` in a process of its own; `log` and `lock` are at its hand. */
function underLock(folder: string, body: string): ChildProcess {
  const script = `
    import { appendFileSync } from 'node:fs'
    import { takeSetupLock } from ${JSON.stringify(lockModule)}
    const log = (word) => appendFileSync(${JSON.stringify(join(folder, 'log'))}, word + '\\n')
    const lock = takeSetupLock(${JSON.stringify(folder)})
    ${body}`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(child, 'exit')
  return code ?? signal
}

const work = "log('in'); for (let i = 0; i < 2e6; i++); log('out'); lock.release()"

test('set-ups started together work one after the other, past the lock of a dead one', async () => {
  const folder = tempDir()
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(dead, 'exit')
  writeFileSync(join(folder, 'setup.lock'), `${dead.pid}\n`)
  const exits = await Promise.all(Array.from({ length: 5 }, () => exitOf(underLock(folder, work))))
  expect(exits).toEqual([0, 0, 0, 0, 0])
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('in\nout\n'.repeat(5))
})

test('a killed set-up holds the lock for as long as the program that it started', async () => {
  const folder = tempDir()
  // its standard input ends with the set-up; what it does then is what npm would still do
  const program = `
    process.stdin.resume().on('end', () => {
      for (let i = 0; i < 2e8; i++);
      require('node:fs').appendFileSync(${JSON.stringify(join(folder, 'log'))}, 'program ended\\n')
    })`
  const first = underLock(
    folder,
    `import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['--eval', ${JSON.stringify(program)}], { stdio: ['pipe', 'ignore', 'ignore'] })
    lock.addHolder(child.pid)
    child.on('spawn', () => console.log('ready'))`,
  )
  await once(first.stdout!, 'data')
  first.kill('SIGKILL')
  expect(await exitOf(first)).toBe('SIGKILL')
  expect(await exitOf(underLock(folder, work))).toBe(0)
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('program ended\nin\nout\n')
})
