import { ControlSwitch } from '#base/abort.ts'
import { systemClock } from '#base/clock.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { copyFiles } from '../../src-main/restore/copy-files.ts'
import { discardRestore } from '../../src-main/restore/partial.ts'
import { checkPlanHolds } from '../../src-main/restore/plan/check-plan-holds.ts'
import { proveRecovery } from '../../src-main/restore/proof/prove-recovery.ts'
import { publishRestore } from '../../src-main/restore/publish.ts'
import { prepareRecovery } from '../../src-main/restore/recovery/prepare-recovery.ts'
import type { AlternativePorts } from '../../src-main/restore/recovery/recover-with-alternatives.ts'
import { writeTail } from '../../src-main/restore/tail/write-tail.ts'

/** A recovery without threads on a file layer; there is no other base. */
export function portsOnLayer(layer: FileLayer): AlternativePorts {
  return {
    threadCount: 1,
    isResumed: false,
    checkPlan: async (plan) => checkPlanHolds(plan),
    prepare: async (order) => prepareRecovery(order, layer),
    copy: async (task) => copyFiles(task, layer),
    writeTail: async (task) => writeTail(task, layer),
    prove: async (task) => proveRecovery(task),
    publish: async (prepared) => publishRestore(prepared, layer),
    discard: async (order) => discardRestore(order),
    replan: async () => null,
    control: new ControlSwitch(),
    trackProgress: () => {},
    wasCancelled: () => false,
    clock: systemClock,
  }
}
