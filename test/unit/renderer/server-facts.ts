import type { Server, ServerBackup, ServerStatus } from '#contract'

/** A server of which nothing special is known. */
export function server(change: Partial<Server> = {}): Server {
  return {
    serverId: 1,
    name: 'graph',
    host: '127.0.0.1',
    port: 6390,
    userName: null,
    isTls: false,
    isDemo: false,
    state: 'ready',
    error: null,
    capabilities: { create: true, kindsAndLabels: true, verify: true, verifyLevels: true, prune: true },
    jobId: null,
    product: null,
    status: null,
    backupCount: 1,
    newestBackupAtUs: null,
    sourceId: null,
    checkedAtUs: null,
    ...change,
  }
}

export function serverBackup(change: Partial<ServerBackup> = {}): ServerBackup {
  return {
    id: '1',
    isCertain: true,
    kind: null,
    state: 'ok',
    createdAtUs: null,
    firstSequence: null,
    lastSequence: null,
    sizeBytes: null,
    fileCount: null,
    baseId: null,
    label: null,
    verifiedAtUs: null,
    otherFields: [],
    ...change,
  }
}

export function serverStatus(change: Partial<ServerStatus> = {}): ServerStatus {
  return {
    timeline: null,
    lastSequence: null,
    archivedSequence: null,
    archiveLagUs: null,
    recoverableFromUs: null,
    recoverableToUs: null,
    job: null,
    progress: null,
    ...change,
  }
}
