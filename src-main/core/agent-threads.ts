import type { Clock } from '#base/clock.ts'
import type { AgentThreads } from '../agent/threads.ts'
import type { WorkerPool } from '../jobs/worker-pool.ts'
import { recoverForAgent } from './recovery-run.ts'
import { refuseInside } from './refuse-inside.ts'

/** The agent's work on files, done by a pool of threads. */
export function agentThreads(options: {
  readonly pool: WorkerPool
  readonly threadCount: number
  readonly databaseDirectory: string
  readonly root: string
  readonly instanceId: string
  readonly clock: Clock
}): AgentThreads {
  const { pool, threadCount, databaseDirectory, root, instanceId, clock } = options
  const writer = { root, instanceId }
  return {
    threadCount,
    list: () => pool.run('list-repository', { root }),
    filesOf: ({ id, kind }) => pool.run('files-of-backup', { root, id, kind }),
    takeNextId: () => pool.run('take-next-id', { writer }),
    captureFull: (order, control) =>
      pool.run('capture-full', { writer, databaseDirectory, order: { ...order, repositoryPath: root }, control }),
    copyShared: (task) => pool.run('copy-shared', task),
    publishFull: (full, work) => pool.run('publish-full', { writer, full, work }),
    endFull: (live, discarded) => pool.run('end-full', { writer, live, discarded }),
    publishIncrement: (increment) => pool.run('publish-increment', { writer, increment }),
    removeBackups: (order) => pool.run('remove-backups', { writer, ...order }),
    noteVerification: (verified) => pool.run('note-verification', { writer, verified }),
    replacePolicy: (policy) => pool.run('replace-policy', { writer, policy }),
    archivedCommits: (timeline, range) => pool.run('archived-commits', { root, timeline, range }),
    readFile: (path, offsetBytes, lengthBytes) =>
      pool.run('read-repository-file', { root, path, offsetBytes, lengthBytes }),
    planVerification: (order) => pool.run('plan-verification', order),
    hashRanges: (task) => pool.run('hash-ranges', task),
    checkContents: (task) => pool.run('check-contents', task),
    checkSegments: (task) => pool.run('check-segments', { root, ...task }),
    planRecovery: (order) =>
      pool.run('plan-recovery', { path: root, ...order, excludedBackupIds: [], measuredBytesPerSecond: null }),
    readTypedPoint: (text, zone) => pool.run('read-typed-point', { path: root, text, zone, nowUs: clock.nowUs() }),
    async recover(order) {
      refuseInside(databaseDirectory, order.targetPath, 'the restored database')
      return recoverForAgent(order, { pool, threadCount, clock })
    },
    addMark: (mark) => pool.run('add-mark', { writer, mark }),
    marks: () => pool.run('read-marks', { root }),
    pinBackup: (id, note) => pool.run('pin-backup', { writer, id, note }),
    unpinBackup: (id) => pool.run('unpin-backup', { writer, id }),
  }
}
