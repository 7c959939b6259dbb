import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { systemClock } from '../../src-main/base/clock.ts'
import { type UndoRequest, undoLost } from '../../src-main/core/undo-lost.ts'
import type { DecodedRow } from '../../src-main/samyama/codec.ts'
import { everythingLost } from '../../src-main/undo/lost.ts'
import { BackupClient } from './backup-client.ts'
import { newestInRepository, type ReadState, stateInRepository } from './repository-states.ts'
import { skipWithoutRocksdbNative } from './rocksdb-native.ts'
import { connectTo, startServing } from './serving-process.ts'
import { tempDir } from './temp-dir.ts'

/** A sandbox as a process of its own, with a full backup of what `setup` wrote and an archive behind it. */
export class AccidentWorld {
  readonly repo: string
  readonly folder: string
  readonly port: number
  readonly client: BackupClient

  private constructor(folder: string, port: number, client: BackupClient) {
    this.folder = folder
    this.repo = join(folder, 'repo')
    this.port = port
    this.client = client
  }

  static async start(context: Pick<TestContext, 'skip'>, setup: readonly string[]): Promise<AccidentWorld> {
    skipWithoutRocksdbNative(context)
    const folder = tempDir()
    const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
    const { port } = await startServing('sandbox', places, { args: ['--sync'] })
    const world = new AccidentWorld(folder, port, new BackupClient(await connectTo(port)))
    for (const query of setup) await world.query(query)
    await world.client.create('FULL')
    return world
  }

  query(text: string): Promise<unknown[][]> {
    return this.client.query(text)
  }

  /** Runs a query that is a commit, and gives its sequence. */
  async commit(text: string): Promise<number> {
    await this.query(text)
    return this.sequence()
  }

  async sequence(): Promise<number> {
    return (await this.client.status()).archived_seq
  }

  undo(request: Partial<UndoRequest> & Pick<UndoRequest, 'window'>): ReturnType<typeof undoLost> {
    return undoLost({
      repositoryPath: this.repo,
      filter: everythingLost,
      graph: 'default',
      rowCount: 0,
      exportPath: null,
      replayTo: { host: '127.0.0.1', port: this.port },
      isDryRun: false,
      isForced: false,
      dataFolder: join(this.folder, 'lifeboat'),
      clock: systemClock,
      onReplay: () => {},
      onProgress: () => {},
      checkpoint: () => {},
      ...request,
    })
  }

  now(): ReadState {
    return newestInRepository(this.repo)
  }

  at(sequence: number): ReadState {
    return stateInRepository(this.repo, 1, sequence)
  }
}

/** A graph without its ids: nodes as they are told apart by their content, edges between such nodes. */
export function shapeOf({ nodes, edges }: Pick<ReadState, 'nodes' | 'edges'>): {
  readonly nodes: string[]
  readonly edges: string[]
} {
  const content = ({ labels, properties }: DecodedRow) => JSON.stringify([labels, properties])
  const byId = new Map(nodes.map((node) => [node.id, content(node)]))
  return {
    nodes: [...byId.values()].sort(),
    edges: edges.map((edge) => JSON.stringify([content(edge), byId.get(edge.source!), byId.get(edge.target!)])).sort(),
  }
}
