// Goal: what was lost can be kept in each format, and comes back from it. Method: a sandbox as a process of its own; files are
// read with our readers, the script is run on the server in another graph.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openLocalFile } from '../../src-main/base/local-file.ts'
import { readSnapshot } from '../../src-main/samyama/snapshot/read-snapshot.ts'
import type { SnapshotItem } from '../../src-main/samyama/snapshot/snapshot-record.ts'
import { lostRowOf } from '../../src-main/undo/export/lost-lines.ts'
import { everythingLost, type LostRow } from '../../src-main/undo/lost.ts'
import { openWindow } from '../../src-main/undo/open-window.ts'
import { readLost } from '../../src-main/undo/read-lost.ts'
import { AccidentWorld, shapeOf } from '../support/accident-world.ts'

vi.setConfig({ testTimeout: 120_000 })

const hostile = `'\\\\ \\n\\t" \` }) // /* $x \\u0000 \\u2028 😀'`
const graph = [
  `UNWIND range(1, 300) AS n CREATE (:Account:\`od\`\`d 'l\` {n: n, text: ${hostile}, at: datetime({epochMillis: n}), list: [n, 'x', null, 1.5], nested: {a: {b: -1}}})`,
  "UNWIND range(1, 5) AS n CREATE (:Branch {n: n, ratio: 1.0 / 0.0, `we``ird 'n`: -0.0})",
  'CREATE ({n: -1})',
  'MATCH (a:Account), (b:Branch) WHERE a.n % 5 + 1 = b.n CREATE (a)-[:AT {since: a.n}]->(b)',
  `MATCH (a:Account), (b:Account) WHERE b.n = a.n + 1 CREATE (a)-[:\`SE\`\`NT\` {text: ${hostile}}]->(b)`,
]

async function lostGraph(context: Parameters<typeof AccidentWorld.start>[0], accident: string) {
  const world = await AccidentWorld.start(context, graph)
  const before = await world.sequence()
  const window = { kind: 'commit', sequence: await world.commit(accident) } as const
  return { world, before, window }
}

function lostRows(world: AccidentWorld, request: Parameters<typeof openWindow>[1]): LostRow[] {
  const window = openWindow(world.repo, request, () => {})
  try {
    const options = { nowMs: Date.now(), hasOneBase: true, checkpoint: () => {} }
    return [...readLost(window.before, window.after, everythingLost, options).rows('all')]
  } finally {
    window.close()
  }
}

describe('an export', () => {
  test('as JSON lines holds every row as it was', async (context) => {
    const { world, window } = await lostGraph(
      context,
      'MATCH (a:Account) WHERE a.n < 100 SET a.n = 0 WITH a WHERE a.n = 0 DETACH DELETE a',
    )
    const path = join(world.folder, 'lost.jsonl')
    const { exported, lost } = await world.undo({ window, exportPath: path, replayTo: null })
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    const rows = lostRows(world, window)
    expect(lines.slice(1, -1).map(lostRowOf)).toEqual(rows)
    expect(JSON.parse(lines[0]!)).toMatchObject({ kind: 'header', format: 'lifeboat-lost', formatVersion: 1 })
    const counts = { nodeCount: 99, edgeCount: 99 + 99, otherCount: 0 }
    expect(JSON.parse(lines.at(-1)!)).toEqual({ kind: 'end', ...counts })
    expect(exported).toEqual({ path, format: 'jsonl', ...counts, sizeBytes: readFileSync(path).byteLength, losses: [] })
    expect(lost).toMatchObject({
      nodes: { removedCount: 99, changedCount: 0 },
      labels: [
        { name: 'Account', removedCount: 99 },
        { name: "od`d 'l", removedCount: 99 },
      ],
    })
    await expect(world.undo({ window, exportPath: path, replayTo: null })).rejects.toMatchObject({
      code: 'TARGET_NOT_EMPTY',
    })
  })

  test('as a snapshot is read back and equals', async (context) => {
    const { world, window } = await lostGraph(context, 'MATCH (n) DETACH DELETE n')
    const path = join(world.folder, 'lost.sgsnap')
    const { exported } = await world.undo({ window, exportPath: path, replayTo: null })
    const source = openLocalFile(path, 'lost.sgsnap')
    const items: SnapshotItem[] = []
    for await (const item of readSnapshot(source)) items.push(item)
    source.close()
    const rows = lostRows(world, window).flatMap((row) => (row.kind === 'other' ? [] : [row.before]))
    const finite = rows.filter((row) => row.type !== 'node' || !row.labels.includes('Branch'))
    const found = items.filter((item) => item.type === 'node' || item.type === 'edge')
    // times of edges and numbers that are not finite have no place in a snapshot
    expect(found.filter((row) => row.type !== 'node' || !row.labels.includes('Branch'))).toEqual(
      finite.map((row) => (row.type === 'edge' ? { ...row, createdAtMs: 0 } : row)),
    )
    const [nodeCount, edgeCount] = [306, 300 + 299]
    expect(items[0]).toMatchObject({ type: 'header', header: { nodeCount, edgeCount, tenant: 'default' } })
    expect(items.at(-1)).toMatchObject({ type: 'end', nodeCount, edgeCount, damageCount: 0 })
    expect(exported).toMatchObject({ format: 'sgsnap', nodeCount, edgeCount })
    expect(exported?.losses).toEqual([
      `${edgeCount}: Edges carry no creation time: they come back without one.`,
      '5: NaN and infinite numbers have no JSON form: they come back as null, or leave their vector.',
    ])
  })

  test('as a Cypher script makes the same graph when it is run', async (context) => {
    const { world, before, window } = await lostGraph(context, 'MATCH (n) DETACH DELETE n')
    const path = join(world.folder, 'lost.cypher')
    const { exported } = await world.undo({ window, exportPath: path, replayTo: null })
    expect(exported).toMatchObject({ format: 'cypher', nodeCount: 306, edgeCount: 599, losses: [] })
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n'))
      if (!line.startsWith('//')) await world.client.redis.call('GRAPH.QUERY', 'rebuilt', line)
    const { nodes, edges } = world.now()
    const of = ({ tenant }: { tenant: string }) => tenant === 'rebuilt'
    expect(shapeOf({ nodes: nodes.filter(of), edges: edges.filter(of) })).toEqual(shapeOf(world.at(before)))
  })

  test('as a Cypher script joins what it makes to what is still there, and says what it leaves out', async (context) => {
    const { world, before, window } = await lostGraph(context, 'MATCH (a:Account) DETACH DELETE a')
    const path = join(world.folder, 'lost.cypher')
    await world.undo({ window, exportPath: path, replayTo: null })
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n'))
      if (!line.startsWith('//')) await world.query(line)
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
    const edgesOnly = { ...everythingLost, edgeTypes: ['SE`NT'] }
    const { exported } = await world.undo({
      window,
      exportPath: join(world.folder, 'edges.cypher'),
      filter: edgesOnly,
      replayTo: null,
    })
    expect(exported).toMatchObject({
      ...{ nodeCount: 0, edgeCount: 0 },
      losses: ['299 edges begin or end at a node that is neither there nor in this file: they are left out.'],
    })
  })

  test('writes nothing in a dry run, and nothing under a name that says no format', async (context) => {
    const { world, window } = await lostGraph(context, 'MATCH (b:Branch) DETACH DELETE b')
    const path = join(world.folder, 'lost.jsonl')
    expect(await world.undo({ window, exportPath: path, replayTo: null, isDryRun: true })).toMatchObject({
      exported: null,
    })
    expect(existsSync(path)).toBe(false)
    await expect(world.undo({ window, exportPath: `${path}.txt`, replayTo: null })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('takes what a filter leaves in', async (context) => {
    const { world, window } = await lostGraph(context, 'MATCH (n) DETACH DELETE n')
    const countsOf = async (filter: Partial<typeof everythingLost>) => {
      const { lost } = await world.undo({ window, filter: { ...everythingLost, ...filter }, replayTo: null })
      return [lost.nodes.removedCount, lost.edges.removedCount]
    }
    expect(await countsOf({})).toEqual([306, 599])
    expect(await countsOf({ labels: ['Branch'] })).toEqual([5, 300])
    expect(await countsOf({ edgeTypes: ['AT'] })).toEqual([0, 300])
    expect(await countsOf({ labels: ['Branch'], edgeTypes: ['SE`NT'] })).toEqual([5, 299])
    expect(await countsOf({ tenant: 'other' })).toEqual([0, 0])
    expect(await countsOf({ keyPrefix: new TextEncoder().encode('default:n:00000000000000') })).toEqual([255, 0])
    const { sequence } = window
    expect(await countsOf({ commits: { fromSequence: 0, toSequence: sequence } })).toEqual([306, 599])
    expect(await countsOf({ commits: { fromSequence: sequence + 1, toSequence: sequence + 9 } })).toEqual([0, 0])
  })
})
