// Small but real repositories: every file that a backup names is there, with its size and checksum.
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Clock } from '../../../../src-main/base/clock.ts'
import { type FileLayer, nodeFileLayer } from '../../../../src-main/base/file-layer.ts'
import type { Increment, IncrementSegment } from '../../../../src-main/repository/own/format/increment.ts'
import { adoptRepository, prepareRepository } from '../../../../src-main/repository/own/open-repository.ts'
import type { RepositoryWriter } from '../../../../src-main/repository/own/writer.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { crc32c } from '../../../../src-main/rocksdb/crc32c.ts'

export const REPOSITORY_ID = '11111111-2222-4333-8444-555555555555'

/** A clock that stands where it is put. */
export function standingClock(nowUs: number): Clock & { us: number } {
  const clock = { us: nowUs, nowUs: () => clock.us, monotonicUs: () => clock.us }
  return clock
}

/** Syncing costs milliseconds and proves nothing in a test. */
export const unsyncedLayer: FileLayer = { ...nodeFileLayer, sync: () => {} }

/** A writer that nobody else disturbs. */
export function aloneWriter(root: string, more: { layer?: FileLayer; clock?: Clock } = {}): RepositoryWriter {
  const { layer = unsyncedLayer, clock = standingClock(1_000) } = more
  return { root, layer, clock, assertHeld: () => {} }
}

/** An empty repository. */
export function newRepository(root: string): RepositoryWriter {
  const writer = aloneWriter(root)
  prepareRepository(root, unsyncedLayer)
  adoptRepository(writer, REPOSITORY_ID)
  return writer
}

export type FullOrder = {
  id: number
  lastSequence: number
  timeline?: string
  createdAtUs?: number
  lastCommitAtUs?: number | null
  label?: string | null
  /** numbers of tables; a table is the same in every backup */
  tables?: readonly number[]
  /** made by RocksDB itself: no application metadata */
  isForeign?: boolean
}

/** Where a table lies, and what is in it. */
export function tableFile(number: number): { path: string; bytes: Buffer } {
  const bytes = Buffer.from(`table ${number} `.repeat(number + 1))
  const digits = String(number).padStart(6, '0')
  return { path: `shared_checksum/${digits}_sABCDEFGHIJKLMNOPQRST_${bytes.length}.sst`, bytes }
}

/** The files of a full backup but its meta file. */
export function filesOfFull({ id, tables = [] }: FullOrder): { path: string; bytes: Buffer }[] {
  const named = (name: string, text: string) => ({ path: `private/${id}/${name}`, bytes: Buffer.from(text) })
  return [
    ...tables.map(tableFile),
    named('MANIFEST-000005', `manifest of backup ${id}`),
    named('CURRENT', 'MANIFEST-000005\n'),
    named('OPTIONS-000007', 'options'),
  ]
}

export function metaOfFull(order: FullOrder): string {
  const { id, lastSequence, timeline = '1', createdAtUs = id * 1_000_000, lastCommitAtUs = null, label = null } = order
  const files = filesOfFull(order)
  const metadata = {
    lifeboat: 1,
    timeline,
    firstSequence: lastSequence,
    lastSequence,
    createdAtUs,
    lastCommitAtUs,
    label,
  }
  return [
    'schema_version 2.0',
    Math.floor(createdAtUs / 1_000_000),
    lastSequence,
    ...(order.isForeign === true
      ? []
      : [`metadata ${Buffer.from(JSON.stringify(metadata)).toString('hex').toUpperCase()}`]),
    files.length,
    ...files.map(({ path, bytes }) => `${path} crc32 ${crc32c(bytes)} size ${bytes.length}`),
    '',
  ].join('\n')
}

export function addFull(root: string, order: FullOrder): void {
  for (const { path, bytes } of filesOfFull(order)) {
    const size = statSync(join(root, path), { throwIfNoEntry: false })?.size
    if (size !== bytes.length) put(root, path, bytes)
  }
  put(root, `meta/${order.id}`, Buffer.from(metaOfFull(order)))
}

/** A segment with as many bytes as sequences, and the head of an index; open: without one. */
export function addSegment(
  root: string,
  order: { timeline?: string; firstSequence: number; lastSequence: number; isOpen?: boolean },
): IncrementSegment {
  const { timeline = '1', firstSequence, lastSequence, isOpen = false } = order
  const name = segmentPath(timeline, firstSequence)
  const bytes = Buffer.alloc(Math.max(1, lastSequence - firstSequence + 1), `${firstSequence}`)
  put(root, name, bytes)
  const index = indexBytes(firstSequence, lastSequence, bytes)
  if (!isOpen) put(root, name.replace('.wal', '.idx'), index)
  return {
    name,
    firstSequence,
    lastSequence,
    sizeBytes: bytes.length,
    crc32c: crc32c(bytes),
    indexSizeBytes: index.length,
    indexCrc32c: crc32c(index),
  }
}

export function segmentPath(timeline: string, firstSequence: number): string {
  return `wal/${timeline}/${String(firstSequence).padStart(20, '0')}.wal`
}

/** An increment over whole segments. */
export function incrementOf(
  order: { id: number; baseId: number; firstSequence: number } & Partial<Increment>,
): Increment {
  const segments = order.segments ?? []
  return {
    timeline: '1',
    lastSequence: segments.at(-1)?.lastSequence ?? order.firstSequence - 1,
    createdAtUs: order.id * 1_000_000,
    firstCommitAtUs: null,
    lastCommitAtUs: null,
    commitCount: segments.length,
    label: null,
    ...order,
    segments,
  }
}

export function put(root: string, path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), bytes)
}

export function putSealed(root: string, path: string, body: unknown): void {
  put(root, path, sealJson(body))
}

function indexBytes(firstSequence: number, lastSequence: number, segment: Uint8Array): Buffer {
  const bytes = Buffer.alloc(48)
  bytes.write('LBIDX001', 0, 'latin1')
  bytes.writeBigUInt64LE(BigInt(firstSequence), 8)
  bytes.writeBigUInt64LE(BigInt(lastSequence), 16)
  bytes.writeBigUInt64LE(BigInt(segment.length), 24)
  bytes.writeUInt32LE(crc32c(segment), 32)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 44)), 44)
  return bytes
}
