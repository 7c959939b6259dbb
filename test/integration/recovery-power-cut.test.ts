// Goal: after a power cut at any moment a recovery's target is absent or whole, and the next run finishes it. Method: a model of a
// disk that keeps only what was synced, and of the rest nothing, the names alone, or a random part; a recovery is replayed up to
// each of its calls.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RecoveryOrder } from '../../src-main/restore/recovery/prepare-recovery.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { filesIn } from '../support/fixtures.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { smallRepository } from '../support/small-recovery.ts'
import { tempDir } from '../support/temp-dir.ts'
import { seededRandom } from '../unit/rocksdb/fixtures.ts'
import { type Kept, PowerCutDisk } from './backup-full/power-cut-disk.ts'
import { unsyncedLayer } from './backup-full/support.ts'

const VARIANTS: readonly [Kept, number][] = [
  ['nothing', 0],
  ['names', 0],
  ['some', 1],
  ['some', 2],
  ['some', 3],
]

test('whatever a power cut keeps, the target is absent or whole, and the next run finishes it', {
  timeout: 120_000,
}, async () => {
  const repository = smallRepository()
  const plan = planFor(repository.path, { kind: 'sequence', sequence: repository.lastSequence - 6 })
  const folder = join(tempDir(), 'disk')
  mkdirSync(folder)
  const orderIn = (parent: string): RecoveryOrder => ({ ...newRecovery(plan), targetPath: join(parent, 'recovered') })
  const disk = new PowerCutDisk(folder)
  let publishedAt = 0
  const ports = recoveryPorts({}, disk.layer)
  const publish: typeof ports.publish = async (prepared) => {
    const written = await ports.publish(prepared)
    publishedAt = disk.eventCount
    return written
  }
  await runRecovery(orderIn(folder), { ...ports, publish })
  const whole = filesIn(join(folder, 'recovered'))
  expect(disk.eventCount).toBeGreaterThan(20)

  let wholeCount = 0
  for (let eventCount = 0; eventCount <= disk.eventCount; eventCount += 1) {
    for (const [kept, seed] of VARIANTS) {
      const what = `${kept} of what was not synced behind call ${eventCount}, seed ${seed}`
      const left = join(tempDir(), 'disk')
      disk.cut(eventCount, left, kept, seededRandom(seed * 10_007 + eventCount))
      const order = orderIn(left)
      const isThere = existsSync(order.targetPath)
      if (isThere) {
        wholeCount += 1
        expect(filesIn(order.targetPath), what).toEqual(whole)
      }
      // what was told as done is there
      if (eventCount >= publishedAt) expect(isThere, what).toBe(true)
      const outcome = await runRecovery(order, recoveryPorts({ isResumed: true }, unsyncedLayer)).catch(
        (thrown: unknown) => thrown,
      )
      expect(outcome, what).toMatchObject({ proof: { isEqual: true } })
      expect(filesIn(order.targetPath), what).toEqual(whole)
      expect(
        readdirSync(left).filter((name) => !name.includes('-recovery-a')),
        what,
      ).toEqual(['recovered'])
    }
  }
  expect(wholeCount).toBeGreaterThan(10)
})
