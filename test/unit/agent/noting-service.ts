import type { RecoveryPlan, RecoveryReport } from '#contract'
import type { AgentStatus, BackupService } from '../../../src-main/agent/backup-service.ts'

const status: AgentStatus = {
  timeline: '1',
  lastSequence: 9,
  archivedSequence: 8,
  archiveLagUs: 70,
  recoverableFromUs: null,
  recoverableToUs: 6,
  job: null,
  progress: 0.5,
}
const policy = {
  retention: { maxCount: 7, maxAgeDays: 0 },
  schedule: { full: '0 3 * * *', incremental: null, verify: null },
}
const row = {
  backupId: 3,
  kind: 'incremental' as const,
  state: 'ok' as const,
  createdAtUs: 1,
  firstSequence: 2,
  lastSequence: null,
  sizeBytes: 4,
  fileCount: 5,
  baseId: 1,
  label: 'a',
  verifiedAtUs: null,
}

const mark = { name: 'before the release', timeline: '1', sequence: 8, madeAtUs: 5 }

const commit = { putCount: 1, deleteCount: 0, rangeDeleteCount: 0, sizeBytes: 30, uncertaintyUs: null }

export const plan: RecoveryPlan = {
  formatVersion: 1,
  repositoryId: 'a',
  repositoryPath: '/backups',
  madeAtUs: 100,
  target: { kind: 'sequence', sequence: 8 },
  timeline: '1',
  effective: {
    sequence: 8,
    lastKept: { ...commit, firstSequence: 7, lastSequence: 8, committedAtUs: 70 },
    firstDropped: { ...commit, firstSequence: 9, lastSequence: 10, committedAtUs: null },
    proof: 'Nothing is missing.',
  },
  base: { backupId: 3, lastSequence: 6, createdAtUs: 60, fileCount: 4, totalBytes: 400, metaDigest: 'd' },
  passedOver: [],
  segments: [],
  tail: { commitCount: 1, sizeBytes: 30 },
  loss: {
    commitCount: 1,
    putCount: 2,
    deleteCount: 3,
    firstCommittedAtUs: null,
    lastCommittedAtUs: 90,
    lastSequence: 10,
  },
  neededBytes: 430,
  expectedDurationUs: null,
  expectation: 'Nothing was measured.',
  warnings: ['A clock went back.'],
  factsDigest: 'f',
}

export const report: RecoveryReport = {
  formatVersion: 1,
  plan,
  targetPath: '/restored',
  startedAtUs: 1000,
  finishedAtUs: 1500,
  phases: [{ name: 'Copying', durationUs: 400, bytes: 400 }],
  fileCount: 5,
  provedFileCount: 5,
  resumedFileCount: 0,
  writtenBytes: 430,
  appliedCommitCount: 1,
  proof: {
    level: 'sampled',
    isEqual: true,
    lastSequence: 8,
    families: [{ name: 'default', expectedCount: 2, foundCount: 2 }],
    labels: [],
    comparedKeyCount: 2,
    differences: [],
  },
}

/** Answers with fixed facts, and keeps what it was asked. */
export function notingService(): { readonly asked: unknown[][]; readonly service: BackupService } {
  const asked: unknown[][] = []
  const noting =
    <Answer>(name: string, answer: Answer) =>
    async (...args: unknown[]) => {
      asked.push([name, ...args])
      return answer
    }
  return {
    asked,
    service: {
      create: noting('create', 12),
      list: noting('list', [row]),
      info: noting('info', {
        row,
        chain: [1, 3],
        files: [{ path: 'wal/1/a.wal', sizeBytes: 4, crc32c: null }],
        problems: ['p'],
      }),
      verify: noting('verify', {
        backupId: 3,
        level: 'deep' as const,
        result: 'failed' as const,
        readBytes: 1,
        fileCount: 2,
        durationUs: 3,
        problems: ['x'],
      }),
      remove: noting('remove', [3, 4]),
      policy: () => policy,
      setRetention: noting('setRetention', policy),
      setSchedule: noting('setSchedule', policy),
      prune: noting('prune', [{ backupId: 1, rule: 'too old' }]),
      status: () => status,
      points: noting('points', [
        { firstSequence: 5, sequenceCount: 2, committedAtUs: null, putCount: 1, deleteCount: 1, sizeBytes: 30 },
      ]),
      fetch: noting('fetch', Buffer.from('bytes')),
      restore: noting('restore', { plan, report: null, path: null, previousPath: null }),
      timeAsked: noting('timeAsked', { timeUs: 1_772_620_204_000_000, isInclusive: true, sentence: 'Read as UTC.' }),
      mark: noting('mark', mark),
      marks: noting('marks', [mark]),
      pin: noting('pin', undefined),
      unpin: noting('unpin', undefined),
    },
  }
}
