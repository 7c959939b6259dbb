import { systemClock } from '#base/clock.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { readActivity } from '../../restore/plan/activity.ts'
import { checkPlanHolds } from '../../restore/plan/check-plan-holds.ts'
import { readCommitsAround } from '../../restore/plan/commits-around.ts'
import { makeRecoveryPlan } from '../../restore/plan/make-plan.ts'
import { readRecoveryOverview } from '../../restore/plan/overview.ts'
import { parseTypedPoint } from '../../restore/plan/typed-point.ts'
import { proveRecovery } from '../../restore/proof/prove-recovery.ts'
import { prepareRecovery } from '../../restore/recovery/prepare-recovery.ts'
import { reportKey } from '../../restore/report/report-key.ts'
import { signReport } from '../../restore/report/sign-report.ts'
import { writeTail } from '../../restore/tail/write-tail.ts'
import { checkTarget } from '../../restore/target.ts'
import type { RecoveryTasks } from '../recovery-messages.ts'

type Handlers = {
  [Name in keyof RecoveryTasks]: (input: RecoveryTasks[Name]['input']) => RecoveryTasks[Name]['output']
}

export const recoveryHandlers: Handlers = {
  'recovery-overview': ({ path }) => readRecoveryOverview(new BackupDirectory(path)),
  'recovery-activity': ({ path, timeline, fromUs, toUs, bucketCount }) =>
    readActivity(new BackupDirectory(path), timeline, fromUs, toUs, bucketCount),
  'recovery-commits-around': ({ path, timeline, at, beforeCount, afterCount }) =>
    readCommitsAround(new BackupDirectory(path), timeline, at, beforeCount, afterCount),
  'read-typed-point': ({ path, text, zone, nowUs }) => {
    const { marks, backups } = readRecoveryOverview(new BackupDirectory(path))
    return parseTypedPoint(text, zone, { nowUs, marks, backups })
  },
  'plan-recovery': ({ path, timeline, target, excludedBackupIds, measuredBytesPerSecond }) =>
    makeRecoveryPlan(path, { timeline, target, excludedBackupIds }, { clock: systemClock, measuredBytesPerSecond }),
  'check-plan': ({ plan }) => {
    checkPlanHolds(plan)
    return null
  },
  'check-recovery-target': ({ plan, targetPath, restoreId }) => {
    const { root } = new BackupDirectory(plan.repositoryPath)
    return checkTarget(
      { root, targetPath, restoreId },
      { fileCount: plan.base.fileCount, totalBytes: plan.neededBytes },
    )
  },
  'prepare-recovery': (order) => prepareRecovery(order),
  'write-tail': (task) => writeTail(task),
  'prove-recovery': (task) => proveRecovery(task),
  'sign-report': ({ dataFolder, report }) => signReport(report, reportKey(dataFolder)),
}
