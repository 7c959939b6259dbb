import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Group, Measurement, PlannedGroup, Subject } from '../harness.ts'
import { COUNTERS, madeGraph, workingCopy } from './graph-data.ts'
import { latencyFigures } from './latencies.ts'
import { Load, type LoadResult } from './load.ts'
import { dropWork, emptyDirectory, workDirectory } from './places.ts'
import { type RunningProgram, startServer, startStore } from './programs.ts'
import { RespClient } from './resp-client.ts'

const CLIENTS = 32
const COMMITS_PER_SECOND = 1000
const P99_TIMES_MAX = 1.2
const COMMITS_TIMED = 10_000

type WritersShape = {
  /** the agent beside the database in one process, or in a process of its own */
  readonly where: 'sandbox' | 'agent'
  /** 0: no limit */
  readonly rateLimitMebibytes: number
  /** at a steady rate, or as fast as the server answers */
  readonly isSteady: boolean
}

type Protected = { readonly database: RunningProgram; readonly agent: RunningProgram; close(): Promise<void> }

/** What clients that write feel of a full backup. */
export function writersGroups(isSmall: boolean): PlannedGroup[] {
  const megabytes = isSmall ? 80 : 400
  const rateLimitMebibytes = isSmall ? 100 : 200
  const shapes: [name: string, shape: WritersShape][] = [
    ['writers-sandbox', { where: 'sandbox', rateLimitMebibytes: 0, isSteady: true }],
    ['writers-sandbox-saturated', { where: 'sandbox', rateLimitMebibytes: 0, isSteady: false }],
    ['writers-sandbox-limited', { where: 'sandbox', rateLimitMebibytes, isSteady: true }],
    ['writers-agent', { where: 'agent', rateLimitMebibytes: 0, isSteady: true }],
    ['writers-agent-limited', { where: 'agent', rateLimitMebibytes, isSteady: true }],
  ]
  return shapes.map(([name, shape]) => ({
    name,
    prepare: () => prepare(shape, megabytes, isSmall ? 500 : 1500),
    drop: dropWork,
  }))
}

/** One counter of many gets a new value: a commit of some hundred bytes. */
export function counterWrites(): () => string[] {
  let count = 0
  return () => {
    count += 1
    return ['GRAPH.QUERY', 'default', `MATCH (n) WHERE id(n) = ${1 + (count % COUNTERS)} SET n.value = ${count}`]
  }
}

/** Under load until something has ended: what was answered, and how long each took. */
async function underLoad(load: Load, isSteady: boolean, until: Promise<unknown>): Promise<Measurement> {
  const result = isSteady ? await load.steady(COMMITS_PER_SECOND, until) : await load.saturate(until)
  return loadMeasurement(result)
}

/** Its seconds are those of a fixed number of commits, so that a ratio is one of throughput. */
export function loadMeasurement({ seconds, milliseconds }: LoadResult): Measurement {
  const commitsPerSecond = milliseconds.length / seconds
  return {
    seconds: COMMITS_TIMED / commitsPerSecond,
    bytes: 0,
    readBytes: 0,
    figures: { commitsPerSecond, ...latencyFigures(milliseconds) },
  }
}

async function prepare(shape: WritersShape, megabytes: number, quietMs: number): Promise<Group> {
  const servers = await startProtected(shape, megabytes)
  const admin = await RespClient.connect(servers.agent.port)
  const load = await Load.connect(servers.database.port, CLIENTS, counterWrites())
  const during = 'during a full backup'
  const subject = (name: string, measure: () => Promise<Measurement>, close = async () => {}): Subject => ({
    name,
    measure,
    close,
  })
  return {
    parameters: {
      where: shape.where,
      megabytes,
      rateLimitMebibytes: shape.rateLimitMebibytes,
      clients: CLIENTS,
      commitsPerSecond: shape.isSteady ? COMMITS_PER_SECOND : 'as many as are answered',
      secondsAreOfCommits: COMMITS_TIMED,
    },
    subjects: [
      subject('without a backup', () => underLoad(load, shape.isSteady, pause(quietMs))),
      subject(
        during,
        () => duringFull(admin, load, shape.isSteady),
        async () => {
          load.close()
          admin.close()
          await servers.close()
        },
      ),
    ],
    bars: [{ subject: during, figure: 'p99Ms', timesMax: P99_TIMES_MAX }],
  }
}

/** The backup is removed afterwards, untimed, so that the next one copies everything again. */
async function duringFull(admin: RespClient, load: Load, isSteady: boolean): Promise<Measurement> {
  const startedMs = performance.now()
  let backupSeconds = Number.NaN
  let backupId = ''
  const making = admin.send(['ADMIN.BACKUP', 'CREATE', 'FULL']).then((reply) => {
    backupSeconds = (performance.now() - startedMs) / 1000
    if (reply.type === 'integer') backupId = String(reply.value)
  })
  const measured = await underLoad(load, isSteady, making)
  await admin.send(['ADMIN.BACKUP', 'DELETE', backupId, 'FORCE'])
  return { ...measured, figures: { ...measured.figures, backupSeconds } }
}

async function startProtected(shape: WritersShape, megabytes: number): Promise<Protected> {
  const data = workingCopy(await madeGraph(megabytes), join(workDirectory, 'graph'))
  const repository = emptyDirectory('repository')
  const { rateLimitMebibytes } = shape
  const options = rateLimitMebibytes === 0 ? [] : ['--rate-limit', String(rateLimitMebibytes)]
  if (shape.where === 'sandbox') {
    const sandbox = await startServer('sandbox', { data, repository }, options)
    return { database: sandbox, agent: sandbox, close: sandbox.close }
  }
  const database = await startStore(data)
  const agent = await startServer('agent', { data, repository }, options)
  const close = async () => {
    await agent.close()
    await database.close()
  }
  return { database, agent, close }
}
