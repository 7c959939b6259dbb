import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openedInTurn } from '../../../src-main/rocksdb/commits/commit-index.ts'
import { walkCommits } from '../../../src-main/rocksdb/commits/walk-commits.ts'
import { demoAccident } from '../../../src-main/sandbox/demo/demo-accident.ts'
import { seedDemo } from '../../../src-main/sandbox/demo/seed-demo.ts'
import { findAccidents } from '../../../src-main/timeline/find-accidents.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { allCommits, decodedRows, openDisk, rawRows, rowCount } from './support/disk-state.ts'
import { none, openStore } from './support/open-store.ts'

const NOW_US = Date.UTC(2026, 10, 24, 15, 0, 0) * 1000
const DAY_US = 86_400_000_000

describe('the demonstration graph', () => {
  test('is of real size and made of every common kind of value, in commits of a month; its accident is found and can be undone', async (context) => {
    const path = join(tempDir(), 'graph')
    const store = await openStore(context, path)
    const seeded = await seedDemo(store, { nowUs: NOW_US, seed: 7 })
    expect(seeded.nodeCount).toBeGreaterThanOrEqual(20_000)
    expect(seeded.edgeCount).toBeGreaterThanOrEqual(50_000)
    const lastSequenceBefore = store.lastSequence
    const accident = await demoAccident(store, { nowUs: NOW_US, seed: 7, label: 'Account' })
    await store.close()

    const commits = allCommits(path)
    const times = commits.map(({ committedAtUs }) => committedAtUs!)
    expect(commits).toHaveLength(seeded.commitCount + 1 + accident.laterCommitCount)
    expect(times).toEqual([...times].sort((left, right) => left - right))
    expect(NOW_US - times[0]!).toBe(30 * DAY_US)
    expect(times[seeded.commitCount]).toBe(NOW_US)
    expect(times.at(-1)! - NOW_US).toBeLessThan(1_000_000)
    expect(NOW_US - seeded.lastCommitAtUs).toBeLessThan(DAY_US / 12)

    const { deletedNodeCount, deletedEdgeCount } = accident
    expect(commits[seeded.commitCount]).toMatchObject({
      ...accident.commit,
      firstSequence: lastSequenceBefore + 1,
      putCount: 0,
      deleteCount: deletedNodeCount + deletedEdgeCount,
    })
    const before = openDisk(path, lastSequenceBefore)
    expect([rowCount(before, 'nodes'), rowCount(before, 'edges')]).toEqual([seeded.nodeCount, seeded.edgeCount])
    const after = openDisk(path)
    expect(rowCount(after, 'edges')).toBe(seeded.edgeCount - deletedEdgeCount)

    expect(before.codec?.name).toBe('samyama B')
    const rows = decodedRows(before, 'nodes')
    expect(rows).not.toContain(null)
    expect(decodedRows(before, 'edges')).not.toContain(null)
    const types = new Set(rows.flatMap((row) => row?.properties.map(({ type }) => type) ?? []))
    expect([...types].sort()).toEqual(
      [
        'array',
        'boolean',
        'date',
        'duration',
        'float',
        'integer',
        'localDateTime',
        'localTime',
        'map',
        'string',
      ].concat(['vector', 'zonedDateTime']),
    )

    const finder = findAccidents({ familyName: (id) => after.familyName(id) })
    walkCommits(
      openedInTurn(after.logs),
      { lastSequenceBefore: null },
      { operation: (...operation) => finder.operation(...operation), commit: (commit) => finder.add(commit) },
    )
    expect(finder.findings()).toContainEqual(
      expect.objectContaining({
        kind: 'mass-delete',
        sequenceBefore: lastSequenceBefore,
        committedAtUs: accident.commit.committedAtUs,
        deletes: deletedNodeCount + deletedEdgeCount,
      }),
    )
  }, 120_000)

  test('is the same for the same seed, and another for another', async (context) => {
    const contents: Buffer[] = []
    for (const seed of [3, 3, 4]) {
      const path = join(tempDir(), 'graph')
      const store = await openStore(context, path)
      await seedDemo(store, { nowUs: NOW_US, seed, scale: 0.05 })
      await demoAccident(store, { nowUs: NOW_US, seed, label: 'Device' })
      await store.close()
      const state = openDisk(path)
      const rows = ['default', 'nodes', 'edges'].flatMap((family) => rawRows(state, family).flat())
      const times = allCommits(path).map((commit) => JSON.stringify(commit))
      contents.push(Buffer.concat([...rows, Buffer.from(times.join('\n'))]))
    }
    const [first, second, other] = contents
    expect(first!.equals(second!)).toBe(true)
    expect(first!.equals(other!)).toBe(false)
  })

  test('may lose everything in one commit', async (context) => {
    const store = await openStore(context, join(tempDir(), 'graph'))
    await store.transaction('default', (graph) => {
      for (let index = 0; index < 10; index += 1) graph.createEdge('T', graph.createNode([], none).id, 1, none)
    })
    const nowUs = store.lastCommitAtUs
    const accident = await demoAccident(store, { nowUs, seed: 1, label: null })
    expect(accident).toEqual({
      commit: { firstSequence: 22, lastSequence: 42, committedAtUs: nowUs + 1 },
      deletedNodeCount: 10,
      deletedEdgeCount: 10,
      laterCommitCount: 12,
    })
  })

  test('is refused where there is something already, and an accident where there is nothing', async (context) => {
    const store = await openStore(context, join(tempDir(), 'graph'))
    await expect(demoAccident(store, { nowUs: NOW_US, seed: 1, label: 'Account' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await store.transaction('default', (graph) => void graph.createNode([], none))
    await expect(seedDemo(store, { nowUs: NOW_US, seed: 1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(store.lastSequence).toBe(2)
  })
})
