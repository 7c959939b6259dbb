// Goal: an accident is undone on a running server, nothing else changes, and no run does anything twice. Method: a sandbox as a
// process of its own, its archive read anew; graphs are compared by content and topology.
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { ServerGraph } from '../../src-main/core/server-graph.ts'
import type { UndoRequest } from '../../src-main/core/undo-lost.ts'
import { everythingLost } from '../../src-main/undo/lost.ts'
import { openWindow } from '../../src-main/undo/open-window.ts'
import { readLost } from '../../src-main/undo/read-lost.ts'
import { previewReplay, replayLost } from '../../src-main/undo/replay/replay.ts'
import { AccidentWorld, shapeOf } from '../support/accident-world.ts'

vi.setConfig({ testTimeout: 90_000 })

const bank = [
  'UNWIND range(1, 40) AS n CREATE (:Account:Checked {n: n, balance: n * 1.5, owner: "O\'Neil \\\\ " + toString(n), tags: ["a", n, null, true], opened: date("2024-02-29")})',
  'UNWIND range(1, 10) AS n CREATE (:Branch {n: n, at: datetime("2026-01-02T03:04:05Z")})',
  'MATCH (a:Account), (b:Branch) WHERE a.n % 10 = b.n % 10 CREATE (a)-[:AT {since: a.n}]->(b)',
  'MATCH (a:Account), (b:Account) WHERE b.n = a.n + 1 CREATE (a)-[:SENT {amount: 2.0}]->(b), (a)-[:SENT {amount: 2.0}]->(b)',
  'MATCH (a:Account {n: 7}) CREATE (a)-[:SENT {amount: 1}]->(a)',
]

describe('a replay', () => {
  test('brings deleted nodes back with labels, properties and edges, keeps later writes, and does nothing twice', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const accident = await world.commit('MATCH (n:Account) DETACH DELETE n')
    const expected = shapeOf(world.at(before))
    await world.query('CREATE (:Branch {n: 99})')
    const window = { kind: 'commit', sequence: accident } as const

    const preview = await world.undo({ window, isDryRun: true })
    const sequence = await world.sequence()
    const report = await world.undo({ window })
    const created = { nodes: 40, edges: 40 + 2 * 39 + 1 }
    for (const each of [preview, report]) {
      expect(each.replay).toMatchObject({
        nodes: { createdCount: created.nodes, alreadyCount: 0, conflictingCount: 0, tooLongCount: 0 },
        edges: { createdCount: created.edges, alreadyCount: 0, endlessCount: 0, tooLongCount: 0 },
        properties: { setCount: 0, alreadyCount: 0, conflictingCount: 0, goneCount: 0, unwritableCount: 0 },
        leftOutCount: 0,
        duplicateCount: 0,
        conflicts: [],
      })
    }
    expect(preview.replay?.isPreview).toBe(true)
    const later = shapeOf({
      nodes: world.now().nodes.filter((node) => JSON.stringify(node).includes('"99"')),
      edges: [],
    })
    expect(later.nodes).toHaveLength(1)
    expect(shapeOf(world.now())).toEqual({ ...expected, nodes: [...expected.nodes, ...later.nodes].sort() })
    expect(await world.sequence()).toBeGreaterThan(sequence)

    const done = await world.sequence()
    const again = await world.undo({ window })
    expect(again.replay).toMatchObject({
      nodes: { createdCount: 0, alreadyCount: created.nodes },
      edges: { createdCount: 0, alreadyCount: created.edges },
    })
    expect(await world.sequence()).toBe(done)
  })

  test('brings back edges that were deleted alone, and nodes that were deleted after them', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    await world.query('MATCH (:Account)-[r]-() DELETE r')
    const after = await world.commit('MATCH (n:Account) DELETE n')
    const window = { kind: 'between', beforeSequence: before, afterSequence: after } as const
    const edgesOnly = await world.undo({ window, filter: { ...everythingLost, edgeTypes: ['AT'] } })
    // the accounts are not among what was asked for
    expect(edgesOnly.replay).toMatchObject({ nodes: { createdCount: 0 }, edges: { createdCount: 0, endlessCount: 40 } })
    const report = await world.undo({ window, filter: { ...everythingLost, labels: ['Account'] } })
    expect(report.replay).toMatchObject({ nodes: { createdCount: 40 }, edges: { createdCount: 119 } })
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
  })

  test('leaves edges alone that are there, and makes those that are not', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const accident = await world.commit('MATCH (a:Account)-[r:SENT]->() WHERE a.n < 10 DELETE r')
    const report = await world.undo({ window: { kind: 'commit', sequence: accident } })
    expect(report.lost.edges).toEqual({ removedCount: 19, changedCount: 0 })
    expect(report.replay).toMatchObject({ nodes: { createdCount: 0 }, edges: { createdCount: 19, alreadyCount: 0 } })
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
  })

  test('sets properties and labels back where nobody changed them since, and elsewhere when it is forced', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const accident = await world.commit(
      'MATCH (n:Account) SET n.balance = 0, n.wiped = true, n:Wiped REMOVE n.tags, n:Checked WITH n MATCH (n)-[r:AT]->() SET r.since = 0.0',
    )
    await world.query('MATCH (n:Account {n: 3}) SET n.balance = 77')
    await world.query("MATCH (n:Account {n: 4}) SET n.tags = ['new']")
    await world.query('MATCH (n:Account {n: 5}) DETACH DELETE n')
    const window = { kind: 'commit', sequence: accident } as const
    const counts = {
      nodes: { createdCount: 0, alreadyCount: 0, conflictingCount: 0, tooLongCount: 0 },
      edges: { createdCount: 0, alreadyCount: 0, endlessCount: 0, tooLongCount: 0 },
      properties: {
        setCount: 38 + 38 + 39 + 39,
        alreadyCount: 0,
        conflictingCount: 2,
        goneCount: 4,
        unwritableCount: 0,
      },
      labels: { setCount: 78, alreadyCount: 0, goneCount: 2 },
      conflicts: [
        'Property balance of node 3 was changed since, to 77.',
        'Property tags of node 4 was changed since, to Array([String("new")]).',
      ],
    }
    const preview = await world.undo({ window, isDryRun: true })
    expect(preview.replay).toMatchObject(counts)
    expect((await world.undo({ window })).replay).toMatchObject(counts)
    expect(await world.query('MATCH (n:Account) WHERE n.n = 3 OR n.n = 4 RETURN n.n, n.balance, n.tags')).toEqual([
      [3, 77, 'Array([String("a"), Integer(3), Null, Boolean(true)])'],
      [4, '6', 'Array([String("new")])'],
    ])
    expect((await world.undo({ window })).replay).toMatchObject({
      properties: { setCount: 0, alreadyCount: 38 + 38 + 39 + 39, conflictingCount: 2, goneCount: 4 },
      labels: { setCount: 0, alreadyCount: 78, goneCount: 2 },
    })
    await world.undo({ window, isForced: true })
    const [expected, found] = [shapeOf(world.at(before)), shapeOf(world.now())]
    const five = expected.nodes.filter((node) => node.includes("O'Neil") && node.includes('"text":"5"'))
    expect(five).toHaveLength(1)
    expect(found.nodes).toEqual(expected.nodes.filter((node) => node !== five[0]))
  })

  test('lists what was lost on demand', async (context) => {
    const world = await AccidentWorld.start(context, ['CREATE (:A {n: 1}), (:A {n: 2}), (:A {n: 3})'])
    const [before, after] = [await world.sequence(), await world.commit('MATCH (n:A) WHERE n.n > 1 DELETE n')]
    const window = { kind: 'between', beforeSequence: before, afterSequence: after } as const
    const listed = await world.undo({ window, rowCount: 10, replayTo: null })
    const row = (id: number) => ({
      ...{ kind: 'node', change: 'removed', tenant: 'default', id: String(id), after: null },
      before: {
        labels: ['A'],
        properties: [['n', { type: 'integer', value: String(id) }]],
        createdAtMs: expect.any(Number),
        updatedAtMs: expect.any(Number),
      },
    })
    expect(listed.rows.map((line) => JSON.parse(line) as object)).toEqual([row(2), row(3)])
    expect(await world.undo({ window, rowCount: 1, replayTo: null })).toMatchObject({ rows: [listed.rows[0]] })
  })

  test('refuses instants that the archive does not hold', async (context) => {
    const world = await AccidentWorld.start(context, ['CREATE (:A)'])
    const last = await world.sequence()
    const undo = (window: UndoRequest['window']) => world.undo({ window, replayTo: null })
    await expect(undo({ kind: 'commit', sequence: last + 5 })).rejects.toMatchObject({ code: 'INSTANT_NOT_COVERED' })
    await expect(undo({ kind: 'commit', sequence: 1 })).rejects.toMatchObject({ code: 'INSTANT_NOT_COVERED' })
    await expect(undo({ kind: 'between', beforeSequence: last, afterSequence: last + 1 })).rejects.toMatchObject({
      code: 'INSTANT_NOT_COVERED',
    })
    await expect(undo({ kind: 'between', beforeSequence: 5, afterSequence: 5 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('brings a node back once, however the loss is cut out', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const accident = await world.commit('MATCH (n) DETACH DELETE n')
    const window = { kind: 'commit', sequence: accident } as const
    await world.undo({ window, filter: { ...everythingLost, labels: ['Branch'] } })
    await world.undo({
      window,
      filter: { ...everythingLost, labels: ['Checked'] },
      replayTo: { host: 'localhost', port: world.port },
    })
    await world.query('CREATE (:Later)')
    const between = { kind: 'between', beforeSequence: before, afterSequence: await world.sequence() } as const
    const { replay } = await world.undo({ window: between })
    expect(replay).toMatchObject({ nodes: { createdCount: 0, alreadyCount: 50 }, edges: { createdCount: 0 } })
    const { nodes, edges } = shapeOf(world.now())
    expect({ nodes: nodes.filter((node) => !node.includes('Later')), edges }).toEqual(shapeOf(world.at(before)))
  })

  test('leaves alone what was deleted again after it was brought back, unless it is forced', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const window = { kind: 'commit', sequence: await world.commit('MATCH (n:Account) DETACH DELETE n') } as const
    await world.undo({ window })
    await world.query('MATCH (n:Account {n: 7}) DETACH DELETE n')
    const done = await world.sequence()
    const again = await world.undo({ window })
    expect(again.replay).toMatchObject({ nodes: { createdCount: 0, alreadyCount: 39, conflictingCount: 1 } })
    expect(again.replay?.conflicts).toEqual([
      expect.stringMatching(/^Node 7: it was brought back as node \d+, and deleted since\.$/),
    ])
    expect(await world.sequence()).toBe(done)
    const forced = await world.undo({ window, isForced: true })
    expect(forced.replay).toMatchObject({ nodes: { createdCount: 1 }, edges: { createdCount: 6 } })
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
  })

  test('takes a node that came back with its old id for the lost one only when it is the same', async (context) => {
    const world = await AccidentWorld.start(context, ['CREATE (a:A {n: 1})-[:R]->(:A {n: 2})', 'CREATE (:A {n: 3})'])
    const accident = await world.commit('MATCH (a:A) WHERE a.n < 3 DETACH DELETE a')
    const window = openWindow(world.repo, { kind: 'commit', sequence: accident }, () => {})
    const live = await ServerGraph.open({ host: '127.0.0.1', port: world.port }, 'default')
    const options = { nowMs: Date.now(), hasOneBase: true, checkpoint: () => {} }
    const lost = readLost(window.before, window.after, everythingLost, options)
    const twin = 'twin'
    // in another graph the same ids are given again: to the same node, and to another one
    for (const query of ['CREATE (:A {n: 1})', "CREATE (:A {n: 'two'})"]) await live.query(twin, query)
    const replay = {
      lost,
      live,
      graph: twin,
      undoId: 'twin',
      isForced: false,
      journalFolder: join(world.folder, 'twin'),
    }
    expect(await previewReplay(replay)).toMatchObject({
      nodes: { createdCount: 0, alreadyCount: 1, conflictingCount: 1 },
    })
    const counts = await replayLost(replay)
    live.close()
    window.close()
    expect(counts).toMatchObject({
      nodes: { createdCount: 0, alreadyCount: 1, conflictingCount: 1 },
      edges: { createdCount: 0, endlessCount: 1 },
      conflicts: ['Node 2: a node with other labels or properties has this id now.'],
    })
  })

  test('sets back what was changed before it was deleted and brought back', async (context) => {
    const world = await AccidentWorld.start(context, bank)
    const before = await world.sequence()
    const changing = await world.commit(
      'MATCH (n:Account) SET n.balance = 0, n:Wiped WITH n MATCH (n)-[r:SENT]->() SET r.amount = 0',
    )
    const deleting = await world.commit('MATCH (n:Account) DETACH DELETE n')
    await world.undo({ window: { kind: 'commit', sequence: deleting } })
    const { replay } = await world.undo({ window: { kind: 'commit', sequence: changing } })
    expect(replay).toMatchObject({
      properties: { setCount: 40 + 79, alreadyCount: 0, conflictingCount: 0, goneCount: 0 },
      labels: { setCount: 40, alreadyCount: 0, goneCount: 0 },
    })
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
  })
})
