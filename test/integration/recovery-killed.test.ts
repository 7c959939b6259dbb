// Goal: a recovery whose process is killed at any instant leaves a target that is absent or whole, and the next run finishes and proves
// it. Method: real processes that kill themselves before or behind each of their calls that change the disk.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { RecoveryOrder } from '../../src-main/restore/recovery/prepare-recovery.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { filesIn, treeState } from '../support/fixtures.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { smallRepository } from '../support/small-recovery.ts'
import { tempDir } from '../support/temp-dir.ts'

const PROCESS = join(import.meta.dirname, 'recovery-process.ts')

/** Runs a recovery in a process of its own; nth 0: it is not killed. */
async function runInProcess(order: RecoveryOrder, nth: number, when: 'before' | 'behind') {
  const orderPath = join(tempDir(), 'order.json')
  writeFileSync(orderPath, JSON.stringify(order))
  const child = spawn(process.execPath, [PROCESS, orderPath, String(nth), when], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [exitCode, signal] = await once(child, 'close')
  return { exitCode, signal, callCount: Number(said.trim()) }
}

test('a recovery killed at any call is finished and proved by the next run', { timeout: 180_000 }, async () => {
  const repository = smallRepository()
  const source = treeState(repository.path)
  const plan = planFor(repository.path, { kind: 'sequence', sequence: repository.lastSequence - 6 })
  const reference = newRecovery(plan)
  const { exitCode, callCount } = await runInProcess(reference, 0, 'before')
  expect(exitCode).toBe(0)
  const whole = filesIn(reference.targetPath)
  expect(callCount).toBeGreaterThan(40)

  let kills = 0
  for (let nth = 1; nth <= callCount; nth += 1) {
    const order = newRecovery(plan)
    const when = nth % 2 === 0 ? 'before' : 'behind'
    expect(await runInProcess(order, nth, when)).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
    kills += 1
    const what = `killed ${when} call ${nth}`
    if (existsSync(order.targetPath)) expect(filesIn(order.targetPath), what).toEqual(whole)
    const report = await runRecovery(order, recoveryPorts({ isResumed: true }))
    expect(report, what).toMatchObject({ provedFileCount: report.fileCount, proof: { isEqual: true } })
    expect(filesIn(order.targetPath), what).toEqual(whole)
    expect(readdirSync(dirname(order.targetPath)), what).toEqual(['recovered'])
  }
  expect(kills).toBeGreaterThan(40)
  expect(treeState(repository.path)).toEqual(source)
})
