// Goal: a replay that is cut anywhere, and run again, has done everything once. Method: the real server; each of its queries is
// lost in turn, before it arrived, after it was carried out, or arriving only while the second run is under way.
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src-main/base/app-error.ts'
import { ServerGraph } from '../../src-main/core/server-graph.ts'
import { everythingLost } from '../../src-main/undo/lost.ts'
import { openWindow } from '../../src-main/undo/open-window.ts'
import { type LostReader, readLost } from '../../src-main/undo/read-lost.ts'
import type { Answer, LiveGraph } from '../../src-main/undo/replay/live-graph.ts'
import { type ReplayOptions, replayLost } from '../../src-main/undo/replay/replay.ts'
import { AccidentWorld, shapeOf } from '../support/accident-world.ts'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { systemError, watchedLayer } from '../support/faulty-layer.ts'

vi.setConfig({ testTimeout: 120_000 })

const QUERY_BYTES_MAX = 700
const graph = [
  "UNWIND range(1, 9) AS n CREATE (:A:B {n: n, text: 'x'})",
  'MATCH (a:A), (b:A) WHERE b.n = a.n + 1 CREATE (a)-[:R {n: a.n}]->(b), (b)-[:S]->(a)',
]

type Loss = 'not sent' | 'answer lost' | 'late'

/** Loses the query with a number; one that is late arrives when `release` is called. */
class LosingGraph implements LiveGraph {
  readonly queryBytesMax = QUERY_BYTES_MAX
  readonly #live: LiveGraph
  readonly #at: number
  readonly #loss: Loss
  queryCount = 0
  release: () => Promise<void> = async () => {}

  constructor(live: LiveGraph, at: number, loss: Loss) {
    this.#live = live
    this.#at = at
    this.#loss = loss
  }

  async query(name: string, cypher: string): Promise<Answer> {
    this.queryCount += 1
    if (this.queryCount !== this.#at) return this.#live.query(name, cypher)
    if (this.#loss === 'answer lost') await this.#live.query(name, cypher)
    if (this.#loss === 'late')
      this.release = async () => {
        this.release = async () => {}
        await this.#live.query(name, cypher)
      }
    throw new AppError(this.#loss === 'not sent' ? 'SERVER_UNREACHABLE' : 'OUTCOME_UNKNOWN', { message: 'planted' })
  }
}

/** Lets something happen when the first batch was made. */
class WatchedGraph implements LiveGraph {
  readonly queryBytesMax = QUERY_BYTES_MAX
  readonly #live: LiveGraph
  readonly #afterFirst: () => Promise<void>
  #createCount = 0

  constructor(live: LiveGraph, afterFirst: () => Promise<void>) {
    this.#live = live
    this.#afterFirst = afterFirst
  }

  async query(name: string, cypher: string): Promise<Answer> {
    const answer = await this.#live.query(name, cypher)
    if (/\bCREATE\b/.test(cypher)) {
      this.#createCount += 1
      if (this.#createCount === 1) await this.#afterFirst()
    }
    return answer
  }
}

async function replayCut(
  world: AccidentWorld,
  live: LiveGraph,
  lost: LostReader,
  at: number,
  loss: Loss,
): Promise<boolean> {
  const name = `copy${at}${loss.replace(' ', '')}`
  const options: Omit<ReplayOptions, 'live'> = {
    ...{ lost, graph: name, undoId: `undo${at}`, isForced: false },
    journalFolder: join(world.folder, 'journals', name),
  }
  const losing = new LosingGraph(live, at, loss)
  const isCut = await replayLost({ ...options, live: losing }).then(
    () => false,
    (error: unknown) => {
      expect(error).toMatchObject({ facts: { message: 'planted' } })
      return true
    },
  )
  if (isCut) await replayLost({ ...options, live: new WatchedGraph(live, () => losing.release()) })
  return isCut
}

describe('a replay that was cut and is run again', () => {
  test.for<Loss>(['not sent', 'answer lost', 'late'])(
    'has done everything once when a query was lost: %s',
    async (loss, context) => {
      const world = await AccidentWorld.start(context, graph)
      const before = await world.sequence()
      const sequence = await world.commit('MATCH (n) DETACH DELETE n')
      const expected = shapeOf(world.at(before))
      const window = openWindow(world.repo, { kind: 'commit', sequence }, () => {})
      const lost = readLost(window.before, window.after, everythingLost, {
        nowMs: Date.now(),
        hasOneBase: true,
        checkpoint: () => {},
      })
      const live = await ServerGraph.open({ host: '127.0.0.1', port: world.port }, 'default')
      try {
        let at = 0
        let isCut = true
        while (isCut) {
          at += 1
          isCut = await replayCut(world, live, lost, at, loss)
        }
        // several batches of nodes and of edges, and all that is asked around them
        expect(at).toBeGreaterThan(20)
        const { nodes, edges } = world.now()
        for (let each = 1; each <= at; each += 1) {
          const tenant = `copy${each}${loss.replace(' ', '')}`
          const of = (row: { tenant: string }) => row.tenant === tenant
          expect({ each, ...shapeOf({ nodes: nodes.filter(of), edges: edges.filter(of) }) }).toEqual({
            each,
            ...expected,
          })
        }
      } finally {
        live.close()
        window.close()
      }
    },
  )

  test.for(['nodes', 'edges'])('has no %s twice when the connection was cut behind a batch', async (kind, context) => {
    const world = await AccidentWorld.start(context, [
      'UNWIND range(1, 1200) AS n CREATE (a:A {n: n}) CREATE (a)-[:R {n: n}]->(a)',
    ])
    const before = await world.sequence()
    const window = { kind: 'commit', sequence: await world.commit('MATCH (n) DETACH DELETE n') } as const
    await world.query('CREATE (:Later)')
    const proxy = await CuttingProxy.start(world.port)
    const replayTo = { host: '127.0.0.1', port: proxy.port }
    const isBatch = kind === 'nodes' ? /\r\nCREATE / : /\r\nUNWIND .* CREATE /
    let batchCount = 0
    proxy.cutBehind((command) => {
      if (isBatch.test(command)) batchCount += 1
      return batchCount === 2
    })
    await expect(world.undo({ window, replayTo })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(proxy.wasCarriedOut).toBe(true)
    const { replay } = await world.undo({ window, replayTo })
    // what the cut run made, the batch whose answer was lost among it, is there already
    const both = kind === 'nodes' ? { nodes: [200, 1000], edges: [1200, 0] } : { nodes: [0, 1200], edges: [200, 1000] }
    expect({
      nodes: [replay?.nodes.createdCount, replay?.nodes.alreadyCount],
      edges: [replay?.edges.createdCount, replay?.edges.alreadyCount],
    }).toEqual(both)
    const { nodes, edges } = shapeOf(world.now())
    expect(nodes.filter((node) => node.includes('Later'))).toHaveLength(1)
    expect({ nodes: nodes.filter((node) => !node.includes('Later')), edges }).toEqual(shapeOf(world.at(before)))
  })

  test('goes on after it was stopped between two batches', async (context) => {
    const world = await AccidentWorld.start(context, ['UNWIND range(1, 1200) AS n CREATE (:A {n: n})'])
    const before = await world.sequence()
    const window = { kind: 'commit', sequence: await world.commit('MATCH (n) DETACH DELETE n') } as const
    let isStopped = false
    const stopped = world.undo({
      window,
      onProgress: ({ doneCount }) => {
        isStopped = doneCount >= 500
      },
      checkpoint: () => {
        if (isStopped) throw new AppError('STOPPED', { message: 'stopped' })
      },
    })
    await expect(stopped).rejects.toMatchObject({ code: 'STOPPED' })
    expect(await world.query('MATCH (n:A) RETURN count(n)')).toEqual([[500]])
    const { replay } = await world.undo({ window })
    expect(replay?.nodes).toMatchObject({ createdCount: 700, alreadyCount: 500 })
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
  })

  test('sends a server that is not known short commands over short connections', async (context) => {
    const world = await AccidentWorld.start(context, [
      "UNWIND range(1, 60) AS n CREATE (a:A {n: n, text: 'some text'}) CREATE (a)-[:R {n: n}]->(a)",
      `CREATE (:Long {text: '${'x'.repeat(1200)}'})`,
    ])
    const before = await world.sequence()
    const window = { kind: 'commit', sequence: await world.commit('MATCH (n) DETACH DELETE n') } as const
    const proxy = await CuttingProxy.start(world.port)
    proxy.hidesProduct = true
    const { replay } = await world.undo({ window, replayTo: { host: '127.0.0.1', port: proxy.port } })
    expect(replay).toMatchObject({
      nodes: { createdCount: 60, tooLongCount: 1 },
      edges: { createdCount: 60, tooLongCount: 0 },
    })
    expect(Math.max(...proxy.bytesByConnection)).toBeLessThanOrEqual(3500)
    expect(proxy.bytesByConnection.length).toBeGreaterThan(3)
    const { nodes, edges } = shapeOf(world.at(before))
    expect(shapeOf(world.now())).toEqual({ nodes: nodes.filter((node) => !node.includes('Long')), edges })
  })

  test('has done everything once when the disk of the journal failed at any call', async (context) => {
    const world = await AccidentWorld.start(context, graph)
    const before = await world.sequence()
    const sequence = await world.commit('MATCH (n) DETACH DELETE n')
    const expected = shapeOf(world.at(before))
    const window = openWindow(world.repo, { kind: 'commit', sequence }, () => {})
    const reading = { nowMs: Date.now(), hasOneBase: true, checkpoint: () => {} }
    const lost = readLost(window.before, window.after, everythingLost, reading)
    const server = await ServerGraph.open({ host: '127.0.0.1', port: world.port }, 'default')
    const live: LiveGraph = { queryBytesMax: QUERY_BYTES_MAX, query: (name, cypher) => server.query(name, cypher) }
    try {
      let failAt = 0
      let isFailed = true
      while (isFailed) {
        failAt += 1
        const name = `disk${failAt}`
        let count = 0
        const layer = watchedLayer((call) => {
          if (call !== 'write' && call !== 'sync' && call !== 'open') return
          count += 1
          if (count === failAt) throw systemError('ENOSPC')
        })
        const options = {
          ...{ lost, live, graph: name, undoId: name, isForced: false },
          journalFolder: join(world.folder, 'journals', name),
        }
        isFailed = await replayLost({ ...options, layer }).then(
          () => false,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'DISK_FULL' })
            return true
          },
        )
        if (isFailed) await replayLost(options)
      }
      expect(failAt).toBeGreaterThan(30)
      const { nodes, edges } = world.now()
      for (let each = 1; each <= failAt; each += 1) {
        const of = (row: { tenant: string }) => row.tenant === `disk${each}`
        expect({ each, ...shapeOf({ nodes: nodes.filter(of), edges: edges.filter(of) }) }).toEqual({
          each,
          ...expected,
        })
      }
    } finally {
      server.close()
      window.close()
    }
  })
})
