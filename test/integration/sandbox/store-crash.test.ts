// Goal: a process that is killed at any moment leaves whole commits, among them every one that was confirmed. Method: a process
// moves money between accounts and is killed, again and again on one database; the sum must stay, edges have both ends.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Random } from '../../../src-main/sandbox/demo/random.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { BANK_TOTAL, totalOf } from './support/bank.ts'
import { allCommits, decodedRows, openDisk } from './support/disk-state.ts'
import { openStore } from './support/open-store.ts'

const ROUNDS = 6

/** Runs the process until it has confirmed so many commits, kills it, and returns what it had confirmed by then. */
async function workAndKill(path: string, seed: number, durability: string, confirmedMin: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'support', 'bank-process.ts')
  const child = spawn(process.execPath, [script, path, String(seed), durability], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    if (stdout.split('\ncommit ').length > confirmedMin) child.kill('SIGKILL')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const signal = await new Promise((resolve) => child.on('close', (_code, ended) => resolve(ended)))
  expect(signal, stderr).toBe('SIGKILL')
  return stdout.split('\n').flatMap((line) => (/^commit \d+ \d+ \d+$/.test(line) ? [line] : []))
}

function expectWholeBank(path: string): void {
  const state = openDisk(path)
  expect(state.damages).toEqual([])
  const nodes = decodedRows(state, 'nodes')
  const balances = nodes.map((row) => BigInt(row?.properties[0]?.text ?? '-1'))
  expect(balances.reduce((sum, each) => sum + each, 0n)).toBe(BANK_TOTAL)
  const ids = new Set(nodes.map((row) => row?.id))
  const ends = decodedRows(state, 'edges').flatMap((row) => [row?.source ?? '', row?.target ?? ''])
  expect(ends.filter((id) => !ids.has(id))).toEqual([])
}

test.each(['process', 'disk'])(
  'killed at any moment, a database holds whole commits and all that were confirmed (durability: %s)',
  async (durability) => {
    const path = join(tempDir(), 'graph')
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.info(`seed ${seed}`)
    const random = new Random(seed)
    const confirmed: string[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      // sometimes while the database is being opened; the first round opens the bank
      const confirmedMin = round > 1 && random.isLucky(0.15) ? 0 : random.between(1, 600)
      confirmed.push(...(await workAndKill(path, seed + round, durability, confirmedMin)))
      expectWholeBank(path)
    }
    const commits = allCommits(path).map(
      (each) => `commit ${each.firstSequence} ${each.lastSequence} ${each.committedAtUs}`,
    )
    const known = new Set(commits)
    expect(
      confirmed.filter((commit) => !known.has(commit)),
      `seed ${seed}`,
    ).toEqual([])
    expect(confirmed.length).toBeGreaterThan(0)
    const store = await openStore({ skip: () => undefined as never }, path)
    expect(store.read('default', totalOf)).toBe(BANK_TOTAL)
    expect(`${store.lastSequence} ${store.lastCommitAtUs}`).toBe(commits.at(-1)?.split(' ').slice(2).join(' '))
  },
  120_000,
)

test.beforeEach(skipWithoutRocksdbNative)
