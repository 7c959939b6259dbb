// Goal: one writer for a repository, whatever dies. Method: real processes, killed with SIGKILL, and many that take over
// at the same moment.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { openSealedJson } from '../../../src-main/repository/sealed-json.ts'
import { tempDir } from '../../support/temp-dir.ts'

const program = join(import.meta.dirname, 'lock-process.ts')

/** a process needs less than this to start, on a busy machine too */
const START_MS = 1500

type Contender = { child: ChildProcessWithoutNullStreams; line(): Promise<string>; ask(order: string): Promise<string> }

function contend(root: string, startAtMs = 0): Contender {
  const child = spawn(process.execPath, [program, root, String(startAtMs)], { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the process ended: ${errors}`)
    return value
  }
  const ask = (order: string) => {
    child.stdin.write(`${order}\n`)
    return line()
  }
  return { child, line, ask }
}

async function kill({ child }: Contender): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function lockBody(root: string) {
  return openSealedJson('lock', readFileSync(join(root, 'locks/writer.json'))) as Record<string, unknown>
}

const idIn = (line: string) => line.replace('held ', '')

test('a second writer is refused as long as the first one lives, and let in after it gave the lock back', async () => {
  const root = tempDir()
  const first = contend(root)
  const id = idIn(await first.line())
  expect(lockBody(root)).toMatchObject({ instanceId: id, processId: first.child.pid, program: 'agent' })
  const before = lockBody(root).heartbeatAtUs
  expect(await first.ask('beat')).toBe('beat done')
  expect(lockBody(root)).toMatchObject({ instanceId: id })
  expect(lockBody(root).heartbeatAtUs).toBeGreaterThan(before as number)
  expect(await contend(root).line()).toBe('refused REPOSITORY_BUSY')
  expect(await first.ask('assert')).toBe('assert done')
  expect(await first.ask('release')).toBe('release done')
  expect(readdirSync(join(root, 'locks'))).toEqual([])
  expect(await contend(root).line()).toMatch(/^held /)
})

test('a stopped process still holds its lock', async () => {
  const root = tempDir()
  const first = contend(root)
  await first.line()
  first.child.kill('SIGSTOP')
  expect(await contend(root).line()).toBe('refused REPOSITORY_BUSY')
  first.child.kill('SIGCONT')
  expect(await first.ask('assert')).toBe('assert done')
})

test('a killed writer is followed at once', async () => {
  const root = tempDir()
  const first = contend(root)
  await first.line()
  await kill(first)
  expect(existsSync(join(root, 'locks/writer.json'))).toBe(true)
  const second = contend(root)
  const id = idIn(await second.line())
  expect(lockBody(root)).toMatchObject({ instanceId: id, processId: second.child.pid })
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('of eight processes that follow a killed one at the same moment exactly one wins, three times in a row', async () => {
  const root = tempDir()
  let holder = contend(root)
  await holder.line()
  for (let round = 0; round < 3; round += 1) {
    await kill(holder)
    const startAtMs = Date.now() + START_MS
    const contenders = Array.from({ length: 8 }, () => contend(root, startAtMs))
    const lines = await Promise.all(contenders.map((each) => each.line()))
    const winners = contenders.filter((_, index) => lines[index]?.startsWith('held '))
    expect(lines.filter((each) => each === 'refused REPOSITORY_BUSY')).toHaveLength(7)
    const [winner] = winners
    expect(await winner?.ask('assert')).toBe('assert done')
    expect(lockBody(root)).toMatchObject({ processId: winner?.child.pid })
    for (const each of contenders) if (each !== winner) each.child.stdin.end()
    holder = winner!
  }
}, 120_000)

test('processes that are killed while they follow a killed one leave one holder at most, and a lock that can be taken', async () => {
  for (let round = 0; round < 4; round += 1) {
    const root = tempDir()
    const first = contend(root)
    await first.line()
    await kill(first)
    const startAtMs = Date.now() + START_MS
    const contenders = Array.from({ length: 6 }, () => contend(root, startAtMs))
    const lines = contenders.map((each) => each.line().catch(() => 'killed'))
    // some of them wait for the moment, some are in the middle, some have an answer
    await Promise.race(lines)
    const killed = contenders.filter((_, index) => index % 2 === round % 2)
    await Promise.all(killed.map(kill))
    const answers = await Promise.all(lines)
    const living = contenders.filter((each, index) => !killed.includes(each) && answers[index]?.startsWith('held '))
    const asserted = await Promise.all(living.map((each) => each.ask('assert')))
    expect(asserted).toEqual(living.map(() => 'assert done'))
    expect(living.length).toBeLessThanOrEqual(1)
    await Promise.all(contenders.filter((each) => !killed.includes(each)).map(kill))
    expect(await contend(root).line()).toMatch(/^held /)
    expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
  }
}, 120_000)

test('of eight processes that come to an unlocked repository at the same moment exactly one wins', async () => {
  const root = tempDir()
  const startAtMs = Date.now() + START_MS
  const contenders = Array.from({ length: 8 }, () => contend(root, startAtMs))
  const lines = (await Promise.all(contenders.map((each) => each.line()))).sort()
  expect(lines.map((each) => each.replace(/ [0-9a-f-]{36}$/, ''))).toEqual([
    'held',
    ...Array(7).fill('refused REPOSITORY_BUSY'),
  ])
})

test('who died while it followed another one is followed too', async () => {
  const root = tempDir()
  const first = contend(root)
  const firstId = idIn(await first.line())
  await kill(first)
  // as the lock of another repository, the claim of a process that died right behind creating it
  const elsewhere = tempDir()
  const second = contend(elsewhere)
  await second.line()
  await kill(second)
  writeFileSync(join(root, `locks/.after-${firstId}.json`), readFileSync(join(elsewhere, 'locks/writer.json')))
  const third = contend(root)
  expect(lockBody(root)).toMatchObject({ instanceId: firstId })
  const id = idIn(await third.line())
  expect(lockBody(root)).toMatchObject({ instanceId: id })
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('who lost its lock writes nothing more and leaves the new one alone', async () => {
  const root = tempDir()
  mkdirSync(join(root, 'locks'))
  const first = contend(root)
  await first.line()
  const elsewhere = tempDir()
  const second = contend(elsewhere)
  const id = idIn(await second.line())
  const other = readFileSync(join(elsewhere, 'locks/writer.json'))
  writeFileSync(join(root, 'locks/writer.json'), other)
  expect(await first.ask('assert')).toBe('assert REPOSITORY_BUSY')
  expect(await first.ask('beat')).toBe('beat REPOSITORY_BUSY')
  expect(await first.ask('release')).toBe('release done')
  expect(readFileSync(join(root, 'locks/writer.json'))).toEqual(other)
  expect(lockBody(root)).toMatchObject({ instanceId: id })
})
