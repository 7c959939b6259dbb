import type { ServerService } from '../api/services.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { DemoRunner } from './demo-runner.ts'
import type { ServerBackupInput } from './server-backup-kind.ts'
import type { ServerRegistry } from './server-registry.ts'
import type { ServerVerifyInput } from './server-verify-kind.ts'

/** The calls about servers; what takes long becomes a job. */
export function serverService(options: { servers: ServerRegistry; jobs: JobManager; demo: DemoRunner }): ServerService {
  const { servers, jobs, demo } = options
  /** refused at once rather than as a job that fails */
  const freeServer = (serverId: number) => {
    const link = servers.link(serverId)
    link.checkFree()
    return { serverId, serverName: link.record.name }
  }
  return {
    list: () => servers.list(),
    watch: (signal) => servers.watch(signal),
    add: (order) => servers.add(order),
    logIn: (serverId, password) => servers.logIn(serverId, password),
    forget: async (serverId) => {
      servers.forget(serverId)
      await demo.serverForgotten(serverId)
    },
    refresh: (serverId) => servers.refresh(serverId),
    backups: (serverId) => servers.backups(serverId),
    create: ({ serverId, kind, label }) => {
      const input: ServerBackupInput = { ...freeServer(serverId), kind, label }
      return { jobId: jobs.start('server-backup', null, input).jobId }
    },
    verify: ({ serverId, id, level }) => {
      const input: ServerVerifyInput = { ...freeServer(serverId), id, level }
      return { jobId: jobs.start('server-verify', null, input).jobId }
    },
    prunePreview: (serverId) => servers.prunePreview(serverId),
    prune: ({ serverId, expectedIds }) => servers.prune(serverId, expectedIds),
    sentCommands: (serverId, limit) => servers.sentCommands(serverId, limit),
    startDemo: () => demo.start(),
  }
}
