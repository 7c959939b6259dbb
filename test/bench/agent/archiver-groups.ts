import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Archiver } from '../../../src-main/backup/archiver/archiver.ts'
import { systemClock } from '../../../src-main/base/clock.ts'
import type { Reply } from '../../../src-main/servers/reply-tree.ts'
import { textOf } from '../../../src-main/servers/reply-tree.ts'
import type { Group, Measurement, PlannedGroup, Subject } from '../harness.ts'
import { filesIn } from '../reader/files-in.ts'
import { KEY_BYTES } from '../reader/lookup-keys.ts'
import { logShape } from '../reader/shapes.ts'
import { ofTool } from '../reader/subjects.ts'
import { madeDatabase } from '../reference/databases.ts'
import { madeGraph, workingCopy } from './graph-data.ts'
import { latencyFigures } from './latencies.ts'
import { Load } from './load.ts'
import { dropWork, emptyDirectory, workDirectory } from './places.ts'
import { startServer } from './programs.ts'
import { RespClient } from './resp-client.ts'
import { counterWrites, loadMeasurement } from './writers-groups.ts'

const TIMELINE = '1'
const GRAPH_MEGABYTES = 1
const LAG_VALUE_BYTES = 256
const LAG_WRITER_SECONDS = 600
const LAG_SAMPLE_MS = 5
const LAG_COMMITS_PER_SECOND = 5000

/** How fast commits get into the archive, and what waiting for it costs. */
export function archiverGroups(isSmall: boolean): PlannedGroup[] {
  const windowMs = isSmall ? 500 : 1500
  return [
    { name: 'archive-log', prepare: archiveLog, drop: dropWork },
    { name: 'archive-lag', prepare: () => archiveLag(windowMs * 2), drop: dropWork },
    ...[1, 64].map((clients) => ({
      name: `sync-${clients}-client${clients === 1 ? '' : 's'}`,
      prepare: () => synchronous(clients, windowMs),
      drop: dropWork,
    })),
  ]
}

async function archiveLog(): Promise<Group> {
  const directory = await madeDatabase(logShape)
  const [log] = filesIn(directory, '.log')
  if (log === undefined) throw new Error(`${directory} has no log`)
  const copy = join(emptyDirectory('copy'), 'log')
  const script = 'rm -f "$2" && cp "$1" "$2" && sync "$2"'
  return {
    parameters: { database: logShape.name, logBytes: log.sizeBytes },
    subjects: [
      ofTool('ldb dump_wal, start-up included', 'ldb', ['dump_wal', `--walfile=${log.path}`], log.sizeBytes),
      ofTool('cp and fsync', 'sh', ['-c', script, 'sh', log.path, copy], log.sizeBytes),
      {
        name: 'Lifeboat archiver, 1 thread',
        measure: async () => archiveAll(directory, log.sizeBytes),
        close: async () => {},
      },
    ],
    bars: [],
  }
}

/** A whole log into a new archive, synced, with the index of its segments. */
function archiveAll(databaseDirectory: string, bytes: number): Measurement {
  const repositoryPath = emptyDirectory('archive')
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const archiver = new Archiver({ databaseDirectory, repositoryPath, timeline: TIMELINE, clock: systemClock })
  let state = archiver.start()
  while (!state.isCaughtUp) state = archiver.step()
  archiver.stop()
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const entries = state.archivedSequence ?? 0
  if (state.gaps.length > 0 || state.damages.length > 0) throw new Error('the archive is not whole')
  const figures = { cpuSeconds: (user + system) / 1e6, commitsPerSecond: entries / seconds }
  return { seconds, bytes, readBytes: bytes, entries, figures }
}

async function archiveLag(windowMs: number): Promise<Group> {
  const data = join(emptyDirectory('written'), 'database')
  const writer = startWriter(data)
  await untilThere(join(data, 'CURRENT'))
  const agent = await startServer('agent', { data, repository: emptyDirectory('repository') })
  const admin = await RespClient.connect(agent.port)
  return {
    parameters: {
      commitsPerSecond: LAG_COMMITS_PER_SECOND,
      valueBytes: LAG_VALUE_BYTES,
      sampleMilliseconds: LAG_SAMPLE_MS,
    },
    subjects: [
      {
        name: 'Lifeboat agent beside db_bench',
        async measure() {
          const before = await statusOf(admin)
          const startedMs = performance.now()
          const lags = await lagsOf(admin, pause(windowMs))
          const after = await statusOf(admin)
          const seconds = (performance.now() - startedMs) / 1000
          const archivedPerSecond = (after.archivedSequence - before.archivedSequence) / seconds
          const { p50Ms: lagP50Ms, p99Ms: lagP99Ms } = latencyFigures(lags)
          return { seconds, bytes: 0, readBytes: 0, figures: { archivedPerSecond, lagP50Ms, lagP99Ms } }
        },
        async close() {
          admin.close()
          await agent.close()
          await writer.stop()
        },
      },
    ],
    bars: [],
  }
}

/** Commits of one small row at a steady rate, until it is stopped. */
function startWriter(directory: string): { readonly stop: () => Promise<void> } {
  const bytesPerSecond = LAG_COMMITS_PER_SECOND * (KEY_BYTES + LAG_VALUE_BYTES)
  const child = spawn(
    'db_bench',
    [
      `--db=${directory}`,
      '--benchmarks=fillrandom',
      '--num=1000000',
      `--duration=${LAG_WRITER_SECONDS}`,
      `--value_size=${LAG_VALUE_BYTES}`,
      `--benchmark_write_rate_limit=${bytesPerSecond}`,
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await pause(10)
}

/** What STATUS says of the archive's lag, again and again. */
async function lagsOf(admin: RespClient, until: Promise<unknown>): Promise<number[]> {
  const lags: number[] = []
  let hasEnded = false
  until.then(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    lags.push((await statusOf(admin)).lagUs / 1000)
    await pause(LAG_SAMPLE_MS)
  }
  return lags
}

async function statusOf(admin: RespClient): Promise<{ readonly lagUs: number; readonly archivedSequence: number }> {
  const reply = await admin.send(['ADMIN.BACKUP', 'STATUS'])
  return { lagUs: numberIn(reply, 'archive_lag_us'), archivedSequence: numberIn(reply, 'archived_seq') }
}

/** RESP2 has no maps: names and values in turn. */
function numberIn(status: Reply, name: string): number {
  const items = status.type === 'array' ? status.items : []
  const at = items.findIndex((item) => textOf(item) === name)
  const value = items[at + 1]
  if (at === -1 || value?.type !== 'integer') throw new Error(`STATUS does not tell ${name}`)
  return Number(value.value)
}

async function synchronous(clients: number, windowMs: number): Promise<Group> {
  const subject = async (name: string, options: readonly string[], folder: string): Promise<Subject> => {
    const server = await startSandbox(options, folder)
    const load = await Load.connect(server.port, clients, counterWrites())
    return {
      name,
      measure: async () => loadMeasurement(await load.saturate(pause(windowMs))),
      async close() {
        load.close()
        await server.close()
      },
    }
  }
  return {
    parameters: { clients, secondsAreOfCommits: 10_000 },
    subjects: [
      await subject('Lifeboat sandbox, archived later', [], 'plain'),
      await subject('Lifeboat sandbox --sync', ['--sync'], 'sync'),
    ],
    bars: [],
  }
}

async function startSandbox(options: readonly string[], folder = 'sandbox') {
  const data = workingCopy(await madeGraph(GRAPH_MEGABYTES), join(workDirectory, `${folder}-graph`))
  return startServer('sandbox', { data, repository: emptyDirectory(`${folder}-repository`) }, options)
}
