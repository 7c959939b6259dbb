// A repository as an archiver and full backups of a running database leave it, with a model beside it: every commit that was
// made, so that the rows of any point are known without any reader.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#base/clock.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { Archiver } from '../../src-main/backup/archiver/archiver.ts'
import { adoptRepository, prepareRepository } from '../../src-main/repository/own/open-repository.ts'
import { encodeCommitMarker } from '../../src-main/rocksdb/commits/commit-marker.ts'
import { take } from '../integration/backup-full/support.ts'
import { aloneWriter } from '../unit/repository/own/fabricated-repository.ts'
import { seededRandom } from '../unit/rocksdb/fixtures.ts'
import { type NativeDatabase, openNativeDatabase } from './rocksdb-native.ts'
import { tempDir } from './temp-dir.ts'

export const FAMILIES = ['default', 'nodes', 'edges'] as const
type Family = (typeof FAMILIES)[number]

type Change =
  | { kind: 'put'; key: string; value: string }
  | { kind: 'delete'; key: string }
  | { kind: 'deleteRange'; key: string; end: string }

type Commit = { readonly family: Family; readonly lastSequence: number; readonly changes: readonly Change[] }

export type Rows = Record<Family, [key: string, value: string][]>

/** which Debian's ldb can read as well */
const tableFormatVersion = 5
export const nativeOptions = {
  defaultFamily: { tableFormatVersion },
  // one family is flushed all the time, the others never by themselves
  families: {
    nodes: { tableFormatVersion, writeBufferSize: 64 * 1024 },
    edges: { tableFormatVersion, enableBlobFiles: true, minBlobSize: 300 },
  },
}

export class RecoveryWorld {
  readonly repositoryPath = join(tempDir(), 'repository')
  readonly databasePath = join(tempDir(), 'database')
  readonly commits: Commit[] = []
  /** ends of commits that share a record */
  readonly mergedSequences: number[] = []
  readonly fullSequences = new Map<number, number>()
  lastSequence = 0
  readonly #database: NativeDatabase
  readonly #archiver: Archiver
  readonly #random: (below: number) => number

  private constructor(database: NativeDatabase, databasePath: string, seed: number) {
    this.databasePath = databasePath
    this.#database = database
    this.#random = seededRandom(seed)
    prepareRepository(this.repositoryPath, nodeFileLayer)
    adoptRepository(aloneWriter(this.repositoryPath), randomUUID())
    this.#archiver = new Archiver({
      databaseDirectory: databasePath,
      repositoryPath: this.repositoryPath,
      timeline: '1',
      segmentBytesMax: 40_000,
      clock: systemClock,
    })
  }

  static async create(seed: number): Promise<RecoveryWorld> {
    const path = join(tempDir(), 'database')
    mkdirSync(path)
    const database = await openNativeDatabase(path, nativeOptions)
    const world = new RecoveryWorld(database, path, seed)
    world.#archiver.start()
    return world
  }

  /** Random commits, archived as they are made. */
  async write(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const family = FAMILIES[this.#random(FAMILIES.length)]!
      const changeCount = 1 + this.#random(4)
      await this.commit(
        family,
        Array.from({ length: changeCount }, () => this.#change()),
      )
      if (index % 13 === 0) this.archive()
    }
    this.archive()
  }

  async commit(family: Family, changes: readonly Change[]): Promise<void> {
    await this.#batch(family, changes)
    this.lastSequence += changes.length
    this.commits.push({ family, lastSequence: this.lastSequence, changes })
  }

  /** Several commits, each with a marker, that the engine writes as one record. */
  async commitsInOneRecord(parts: readonly (readonly Change[])[]): Promise<void> {
    const batches = parts.map((part, index) => [markerChange(1_700_000_000_000_000 + index), ...part])
    await this.#batch('default', batches.flat())
    for (const changes of batches) {
      this.lastSequence += changes.length
      this.commits.push({ family: 'default', lastSequence: this.lastSequence, changes })
      this.mergedSequences.push(this.lastSequence)
    }
  }

  archive(): void {
    for (let state = this.#archiver.step(); !state.isCaughtUp; state = this.#archiver.step());
  }

  /** Closes the open segment. */
  rotate(): void {
    this.archive()
    this.#archiver.rotate()
  }

  takeFull(backupId: number): void {
    const { lastSequence } = take(this.databasePath, this.repositoryPath, backupId)
    this.fullSequences.set(backupId, lastSequence)
  }

  flush(family: Family): Promise<void> {
    return this.#database.family(family).flush()
  }

  async close(): Promise<void> {
    this.archive()
    this.#archiver.stop()
    await this.#database.close()
  }

  /** The rows after the commits up to a sequence, as upper-case hex. */
  rowsAt(sequence: number): Rows {
    return RecoveryWorld.rowsOf(this.commits, sequence)
  }

  static rowsOf(commits: readonly Commit[], sequence: number): Rows {
    const rows: Record<Family, Map<string, string>> = { default: new Map(), nodes: new Map(), edges: new Map() }
    for (const { family, lastSequence, changes } of commits) {
      if (lastSequence > sequence) break
      for (const change of changes) apply(rows[family], change)
    }
    return { default: sorted(rows.default), nodes: sorted(rows.nodes), edges: sorted(rows.edges) }
  }

  /** Ends of commits behind a full, some of them. */
  pointsBehind(fullId: number, count: number): number[] {
    const from = this.fullSequences.get(fullId)!
    const ends = this.commits.map(({ lastSequence }) => lastSequence).filter((sequence) => sequence >= from)
    const chosen = Array.from({ length: count }, () => ends[this.#random(ends.length)]!)
    return [...new Set([ends[0]!, ends.at(-1)!, ...chosen])].sort((left, right) => left - right)
  }

  async #batch(family: Family, changes: readonly Change[]): Promise<void> {
    const batch = this.#database.family(family).write()
    for (const change of changes) {
      const key = bytes(change.key)
      if (change.kind === 'put') batch.tryPut(key, bytes(change.value))
      else if (change.kind === 'delete') batch.tryDelete(key)
      else batch.tryDeleteRange(key, bytes(change.end))
    }
    await batch.flush()
    batch.destroy()
  }

  #change(): Change {
    const number = this.#random(400)
    const key = keyOf(number)
    const kind = this.#random(20)
    if (kind === 0) return { kind: 'deleteRange', key, end: keyOf(Math.min(999, number + 5)) }
    if (kind < 4) return { kind: 'delete', key }
    return { kind: 'put', key, value: `${this.lastSequence} `.repeat(1 + this.#random(100)) }
  }
}

const bytes = (text: string) => Buffer.from(text, 'latin1')
const keyOf = (number: number) => `key ${String(number).padStart(3, '0')}`
const hex = (text: string) => bytes(text).toString('hex').toUpperCase()

function markerChange(timeUs: number): Change {
  const { key, value } = encodeCommitMarker(timeUs)
  const text = (part: Uint8Array) => Buffer.from(part).toString('latin1')
  return { kind: 'put', key: text(key), value: text(value) }
}

function apply(rows: Map<string, string>, change: Change): void {
  if (change.kind === 'put') rows.set(change.key, change.value)
  else if (change.kind === 'delete') rows.delete(change.key)
  else for (const key of [...rows.keys()]) if (key >= change.key && key < change.end) rows.delete(key)
}

function sorted(rows: Map<string, string>): [string, string][] {
  return [...rows].map(([key, value]): [string, string] => [hex(key), hex(value)]).sort(([a], [b]) => (a < b ? -1 : 1))
}
