import { join } from 'node:path'
import { systemClock } from '#base/clock.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import type { RecoveryOptions, RecoveryPlan, RecoveryTarget } from '#contract'
import { makeRecoveryPlan } from '../../src-main/restore/plan/make-plan.ts'
import type { RecoveryOrder } from '../../src-main/restore/recovery/prepare-recovery.ts'
import type { AlternativePorts } from '../../src-main/restore/recovery/recover-with-alternatives.ts'
import { portsOnLayer } from './recovery-ports.ts'
import { tempDir } from './temp-dir.ts'

/** The plan for a point; a refusal throws. */
export function planFor(
  repositoryPath: string,
  target: RecoveryTarget,
  excludedBackupIds: readonly number[] = [],
): RecoveryPlan {
  const context = { clock: systemClock, measuredBytesPerSecond: null }
  const planned = makeRecoveryPlan(repositoryPath, { target, timeline: null, excludedBackupIds }, context)
  if (planned.kind === 'refused') throw new Error(`refused: ${planned.refusal.error.message}`)
  return planned.plan
}

export function newRecovery(plan: RecoveryPlan, options: Partial<RecoveryOptions> = {}): RecoveryOrder {
  return {
    plan,
    targetPath: join(tempDir(), 'recovered'),
    restoreId: 'recovery-a',
    options: { proofLevel: 'full', rateLimitBytesPerSecond: 0, ...options },
  }
}

/** Everything in this thread. */
export function recoveryPorts(
  changes: Partial<AlternativePorts> = {},
  layer: FileLayer = nodeFileLayer,
): AlternativePorts {
  return { ...portsOnLayer(layer), ...changes }
}
