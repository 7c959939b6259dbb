import { expect, onTestFinished, test } from 'vitest'
import { metricsText, serveMetrics } from '../../../src-main/agent/metrics.ts'

const status = {
  timeline: '1',
  lastSequence: 9,
  archivedSequence: 8,
  archiveLagUs: 1500,
  recoverableFromUs: 1_700_000_000_000_000,
  recoverableToUs: null,
  job: null,
  progress: null,
}
const counters = {
  connectionCount: 2,
  commandCount: 30,
  madeBackupCount: 1,
  failedBackupCount: 0,
  failedVerificationCount: 4,
  lastBackupAtUs: null,
}

test('metrics are what Prometheus reads, in seconds; what is not known is left out', () => {
  const lines = metricsText(status, counters).split('\n')
  expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
    'lifeboat_last_sequence 9',
    'lifeboat_archived_sequence 8',
    'lifeboat_archive_lag_seconds 0.0015',
    'lifeboat_recoverable_from_seconds 1700000000',
    'lifeboat_connections 2',
    'lifeboat_commands_total 30',
    'lifeboat_backups_made_total 1',
    'lifeboat_backups_failed_total 0',
    'lifeboat_verifications_failed_total 4',
    '',
  ])
  expect(lines.slice(0, 2)).toEqual([
    '# HELP lifeboat_last_sequence Last sequence of the database.',
    '# TYPE lifeboat_last_sequence gauge',
  ])
})

test('they are served at one path, read anew each time, and nothing else is', async () => {
  let count = 0
  const read = () => {
    count += 1
    return `count ${count}\n`
  }
  const server = await serveMetrics({ host: '127.0.0.1', port: 0, read })
  onTestFinished(() => server.close())
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
    return [response.status, await response.text()]
  }
  expect([await get('/metrics'), await get('/metrics'), await get('/'), await get('/metrics', 'POST')]).toEqual([
    [200, 'count 1\n'],
    [200, 'count 2\n'],
    [404, ''],
    [404, ''],
  ])
})
