// Goal: a recovered database in which one row differs from what the repository shows is never taken for equal. Method: real
// recoveries whose log is made anew with one operation changed, removed or added before the proof; the proof of each level.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import type { RecoveryOptions } from '#contract'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { walkLog } from '../../src-main/rocksdb/log/walk-log.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { type SmallRepository, smallRepository } from '../support/small-recovery.ts'
import { batch, logOf, put } from '../unit/rocksdb/log-writer.ts'

type Level = RecoveryOptions['proofLevel']

function payloadsOf(bytes: Uint8Array): Buffer[] {
  const payloads: Buffer[] = []
  walkLog(memorySource('log', bytes), { logNumber: null }, { record: (payload) => payloads.push(Buffer.from(payload)) })
  return payloads
}

/** A recovery whose new log is changed between its writing and the proof. */
async function proveChanged(repository: SmallRepository, level: Level, change: (payloads: Buffer[]) => Buffer[]) {
  const plan = planFor(repository.path, { kind: 'latest' })
  const order = newRecovery(plan, { proofLevel: level })
  const ports = recoveryPorts()
  const writeTail: typeof ports.writeTail = async (task) => {
    const output = await ports.writeTail(task)
    const path = join(task.filesPath, task.fileName)
    writeFileSync(path, logOf(change(payloadsOf(readFileSync(path)))))
    return output
  }
  const thrown = await runRecovery(order, { ...ports, writeTail }).then(
    () => null,
    (cause: unknown) => cause,
  )
  return { thrown, left: readdirSync(join(order.targetPath, '..')) }
}

const failed = (message: string) => ({
  thrown: expect.objectContaining({
    code: 'DAMAGED',
    facts: expect.objectContaining({
      message: `what was recovered is not what the repository shows: ${message}`,
      unharmed: expect.stringContaining('The directory must not be used'),
    }),
  }),
  left: [],
})

describe.each(['counts', 'sampled', 'full'] as const)('a proof by %s', (level) => {
  test('passes what is equal', async () => {
    const outcome = await proveChanged(smallRepository(), level, (payloads) => payloads)
    expect(outcome).toEqual({ thrown: null, left: ['recovered'] })
  })

  test('finds that the last commit is missing', async () => {
    const repository = smallRepository()
    const outcome = await proveChanged(repository, level, (payloads) => payloads.slice(0, -1))
    expect(outcome.thrown).toMatchObject({
      code: 'DAMAGED',
      facts: { message: expect.stringMatching(/ends with sequence|has \d+ rows|missing/) },
    })
    expect(outcome.left).toEqual([])
  })

  test('finds a row that is there in addition', async () => {
    const repository = smallRepository()
    const outcome = await proveChanged(repository, level, (payloads) => [
      ...payloads.slice(0, -1),
      withMorePut(payloads.at(-1)!),
    ])
    expect(outcome.thrown).toMatchObject({ code: 'DAMAGED' })
    expect(outcome.left).toEqual([])
  })
})

describe.each(['sampled', 'full'] as const)('a proof by %s', (level) => {
  test('finds a value in which one bit differs', async () => {
    const repository = smallRepository()
    const key = `key ${repository.lastSequence}`
    const outcome = await proveChanged(repository, level, (payloads) => {
      const last = payloads.at(-1)!
      last[last.length - 1] = last[last.length - 1]! ^ 1
      return payloads
    })
    const hex = Buffer.from(key).toString('hex')
    expect(outcome).toEqual(failed(`Key 0x${hex} of family default holds another value.`))
  })
})

/** A batch with one more put of a new key: it also uses up one more sequence. */
function withMorePut(payload: Buffer): Buffer {
  const sequence = Number(payload.readBigUInt64LE(0))
  const count = payload.readUInt32LE(8)
  return batch(sequence, count + 1, payload.subarray(12), put('more', 'x'))
}
