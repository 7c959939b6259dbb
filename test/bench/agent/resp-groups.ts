import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Group, Measurement, PlannedGroup, Subject } from '../harness.ts'
import { COUNTERS, madeGraph, workingCopy } from './graph-data.ts'
import { dropWork, emptyDirectory, workDirectory } from './places.ts'
import { startServer } from './programs.ts'

const run = promisify(execFile)

const CLIENTS = 50
const GRAPH_MEGABYTES = 1

/** How many commands a second `redis-benchmark` gets answered. */
export function respGroups(isSmall: boolean): PlannedGroup[] {
  const share = isSmall ? 0.2 : 1
  const ping = (pipelined: number, count: number): PlannedGroup => ({
    name: `resp-ping-${pipelined}`,
    prepare: () => pings(pipelined, Math.ceil(count * share)),
    drop: dropWork,
  })
  return [
    ping(1, 40_000),
    ping(16, 300_000),
    { name: 'graph-read', prepare: () => pointReads(Math.ceil(20_000 * share)), drop: dropWork },
  ]
}

async function pings(pipelined: number, count: number): Promise<Group> {
  const options = ['-t', 'ping_mbulk', '-P', String(pipelined)]
  const redis = await redisServer()
  const reference = redis === null ? [] : [asked('redis-server', redis.port, options, count, redis.close)]
  const ours = await sandbox()
  return {
    parameters: {
      clients: CLIENTS,
      pipelined,
      count,
      reference: redis === null ? 'redis-server is missing' : 'redis-server',
    },
    subjects: [...reference, asked('Lifeboat sandbox, PING', ours.port, options, count, ours.close)],
    bars: [],
  }
}

async function pointReads(count: number): Promise<Group> {
  const ours = await sandbox()
  // redis-benchmark puts twelve digits there
  const query = `MATCH (n) WHERE id(n) = __rand_int__ RETURN n.value`
  const command = ['-r', String(COUNTERS), 'GRAPH.RO_QUERY', 'default', query]
  return {
    parameters: { clients: CLIENTS, count },
    subjects: [asked('Lifeboat sandbox, GRAPH.RO_QUERY of one node', ours.port, command, count, ours.close)],
    bars: [],
  }
}

function asked(
  name: string,
  port: number,
  options: readonly string[],
  count: number,
  close: () => Promise<void>,
): Subject {
  return {
    name,
    async measure(): Promise<Measurement> {
      const common = ['-p', String(port), '-c', String(CLIENTS), '-n', String(count), '--csv']
      const { stdout } = await run('redis-benchmark', [...common, ...options], { maxBuffer: 16 * 1024 * 1024 })
      const [, commandsPerSecond, , , p50, , p99] = (stdout.trim().split('\n').at(-1) ?? '').split('","').map(Number)
      if (commandsPerSecond === undefined || !(commandsPerSecond > 0)) throw new Error(`no result: ${stdout}`)
      const figures = { commandsPerSecond, p50Ms: p50 ?? Number.NaN, p99Ms: p99 ?? Number.NaN }
      return { seconds: count / commandsPerSecond, bytes: 0, readBytes: 0, entries: count, figures }
    },
    close,
  }
}

async function sandbox() {
  const data = workingCopy(await madeGraph(GRAPH_MEGABYTES), join(workDirectory, 'graph'))
  return startServer('sandbox', { data, repository: emptyDirectory('repository') })
}

/** A Redis without persistence; null where none is installed. */
async function redisServer(): Promise<{ readonly port: number; readonly close: () => Promise<void> } | null> {
  const port = await freePort()
  const child = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const missing = new Promise<boolean>((resolve) => child.once('error', () => resolve(true)))
  const ready = new Promise<boolean>((resolve) => {
    createInterface(child.stdout).on('line', (line) => line.includes('Ready to accept') && resolve(false))
  })
  if (await Promise.race([missing, ready])) return null
  return {
    port,
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
