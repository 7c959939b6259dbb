import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AgentStatus } from './backup-service.ts'

/** Counters since the start, beside what STATUS says. */
export type AgentCounters = {
  readonly connectionCount: number
  readonly commandCount: number
  readonly madeBackupCount: number
  readonly failedBackupCount: number
  readonly failedVerificationCount: number
  readonly lastBackupAtUs: number | null
}

type Metric = readonly [name: string, type: 'gauge' | 'counter', help: string, value: number | null]

/** The text that Prometheus reads (exposition format 0.0.4). What is not known is left out. */
export function metricsText(status: AgentStatus, counters: AgentCounters): string {
  const seconds = (us: number | null) => (us === null ? null : us / 1_000_000)
  const metrics: Metric[] = [
    ['lifeboat_last_sequence', 'gauge', 'Last sequence of the database.', status.lastSequence],
    ['lifeboat_archived_sequence', 'gauge', 'Last sequence in the archive.', status.archivedSequence],
    ['lifeboat_archive_lag_seconds', 'gauge', 'Age of the oldest commit not archived.', seconds(status.archiveLagUs)],
    [
      'lifeboat_recoverable_from_seconds',
      'gauge',
      'First time that can be restored.',
      seconds(status.recoverableFromUs),
    ],
    ['lifeboat_recoverable_to_seconds', 'gauge', 'Last time that can be restored.', seconds(status.recoverableToUs)],
    ['lifeboat_connections', 'gauge', 'Connected clients.', counters.connectionCount],
    ['lifeboat_commands_total', 'counter', 'Commands answered.', counters.commandCount],
    ['lifeboat_backups_made_total', 'counter', 'Backups made.', counters.madeBackupCount],
    ['lifeboat_backups_failed_total', 'counter', 'Backups that failed.', counters.failedBackupCount],
    ['lifeboat_verifications_failed_total', 'counter', 'Verifications that failed.', counters.failedVerificationCount],
    ['lifeboat_last_backup_seconds', 'gauge', 'When the last backup was made.', seconds(counters.lastBackupAtUs)],
  ]
  return metrics
    .filter(([, , , value]) => value !== null)
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('')
}

/** Serves `GET /metrics` and nothing else. */
export async function serveMetrics(options: {
  readonly host: string
  readonly port: number
  readonly read: () => string
}): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(options.read())
  })
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
