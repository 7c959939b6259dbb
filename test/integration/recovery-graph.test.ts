// Goal: a graph that was brought back to a commit is the graph of that commit, also over the point where its history forked, and the
// sandbox goes on from it. Method: a bank in a graph store with an agent's archiver beside it; each commit is remembered with its
// nodes and edges by label; a recovered directory is opened by the store again, which writes on into a new timeline.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { Archiver } from '../../src-main/backup/archiver/archiver.ts'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { adoptRepository, prepareRepository } from '../../src-main/repository/own/open-repository.ts'
import { addTimeline, readTimelines } from '../../src-main/repository/own/timelines.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { Random } from '../../src-main/sandbox/demo/random.ts'
import type { Graph } from '../../src-main/sandbox/graph/graph.ts'
import type { GraphStore } from '../../src-main/sandbox/store/graph-store.ts'
import { printedSeed } from '../support/long-run.ts'
import { newRecovery, planFor, recoveryPorts } from '../support/recovery-run.ts'
import { stateOfDatabase } from '../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { tempDir } from '../support/temp-dir.ts'
import { aloneWriter } from '../unit/repository/own/fabricated-repository.ts'
import { take } from './backup-full/support.ts'
import { BANK_TOTAL, doBusiness, openBank, totalOf } from './sandbox/support/bank.ts'
import { openStore } from './sandbox/support/open-store.ts'

type Point = { readonly sequence: number; readonly accounts: number; readonly sent: number; readonly opened: number }

class Bank {
  readonly points: Point[] = []
  readonly #store: GraphStore
  readonly #random: Random
  readonly #archiver: Archiver

  constructor(
    store: GraphStore,
    repositoryPath: string,
    timeline: string,
    startAfterSequence: number | null,
    seed: number,
  ) {
    this.#store = store
    this.#random = new Random(seed)
    this.#archiver = new Archiver({
      databaseDirectory: store.path,
      repositoryPath,
      timeline,
      startAfterSequence,
      segmentBytesMax: 20_000,
      clock: systemClock,
    })
    this.#archiver.start()
  }

  async work(count: number): Promise<void> {
    await openBank(this.#store)
    for (let index = 0; index < count; index += 1) {
      await this.#store.transaction('default', (graph) => doBusiness(graph, this.#random))
      this.points.push(this.#point())
    }
    for (let state = this.#archiver.step(); !state.isCaughtUp; state = this.#archiver.step());
  }

  async close(): Promise<void> {
    this.#archiver.stop()
    await this.#store.close()
  }

  #point(): Point {
    const { lastSequence } = this.#store
    return this.#store.read('default', (graph) => ({
      sequence: lastSequence,
      accounts: graph.nodeCount('Account'),
      sent: edgeCount(graph, 'SENT'),
      opened: edgeCount(graph, 'OPENED'),
    }))
  }
}

function edgeCount(graph: Graph, type: string): number {
  let count = 0
  for (const node of graph.nodes('Account')) count += [...graph.edgesOf(node.id, 'out', [type])].length
  return count
}

const labelsOf = ({ accounts, sent, opened }: Point) =>
  Object.entries({ Account: accounts, SENT: sent, OPENED: opened })
    .filter(([, count]) => count > 0)
    .map(([label, count]) => ({ label, expectedCount: count, foundCount: count }))
    .sort((left, right) => (left.label < right.label ? -1 : 1))

async function expectRecovered(repositoryPath: string, point: Point): Promise<string> {
  const plan = planFor(repositoryPath, { kind: 'sequence', sequence: point.sequence })
  const order = newRecovery(plan, { proofLevel: 'sampled' })
  const report = await runRecovery(order, recoveryPorts())
  const labels = report.proof.labels.toSorted((left, right) => (left.label < right.label ? -1 : 1))
  const what = `sequence ${point.sequence}`
  expect([report.proof.isEqual, report.proof.lastSequence, labels], what).toEqual([
    true,
    point.sequence,
    labelsOf(point),
  ])
  expect(report.proof.comparedKeyCount, what).toBeGreaterThan(20)
  expect(stateOfDatabase(order.targetPath).nodes.length, what).toBe(point.accounts)
  return order.targetPath
}

test('a bank is brought back to any transaction, on its first timeline and over a fork', {
  timeout: 120_000,
}, async (context) => {
  skipWithoutRocksdbNative(context)
  const seed = printedSeed('recovery of a bank')
  const repositoryPath = join(tempDir(), 'repository')
  prepareRepository(repositoryPath, nodeFileLayer)
  const writer = aloneWriter(repositoryPath)
  adoptRepository(writer, randomUUID())
  const store = await openStore(context, join(tempDir(), 'bank'))
  const bank = new Bank(store, repositoryPath, '1', null, seed)
  await bank.work(60)
  take(store.path, repositoryPath, 1)
  await bank.work(120)
  await bank.close()

  const behind = bank.points.filter(({ sequence }) => sequence >= bank.points[59]!.sequence)
  for (const index of [0, 1, 40, 77, behind.length - 1]) await expectRecovered(repositoryPath, behind[index]!)

  const fork = behind[60]!
  const recovered = await openStore(context, await expectRecovered(repositoryPath, fork))
  expect(recovered.lastSequence).toBe(fork.sequence)
  expect(recovered.read('default', totalOf)).toBe(BANK_TOTAL)
  const { id } = addTimeline(writer, { databaseId: null, parent: '1', forkSequence: fork.sequence })
  const other = new Bank(recovered, repositoryPath, id, fork.sequence, seed + 1)
  await other.work(80)
  await other.close()
  expect(readTimelines(new BackupDirectory(repositoryPath))?.current).toBe('2')
  for (const index of [0, 33, 79]) {
    const path = await expectRecovered(repositoryPath, other.points[index]!)
    const reopened = await openStore(context, path)
    expect(reopened.read('default', totalOf)).toBe(BANK_TOTAL)
    await reopened.close()
  }
})
