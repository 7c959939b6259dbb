import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { decodeSegmentIndex } from '../../../../src-main/repository/archive/segment-index.ts'
import type { Commit } from '../../../../src-main/rocksdb/commits/commit.ts'
import { CommitReader } from '../../../../src-main/rocksdb/commits/commit-reader.ts'
import { crc32c } from '../../../../src-main/rocksdb/crc32c.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'

const MARK_NAME = Buffer.from('lifeboat.arrived')

export type ArchivedSegment = {
  readonly name: string
  readonly isClosed: boolean
  /** as they are in the segment */
  readonly payloads: readonly Buffer[]
  readonly commits: readonly Commit[]
  readonly end: string
}

/** Everything in the segments of a timeline, and proved: names, indexes, checksums. */
export function archivedSegments(repositoryPath: string, timeline = '1', reader = newReader()): ArchivedSegment[] {
  const folder = join(repositoryPath, 'wal', timeline)
  const names = readdirSync(folder)
  return names
    .filter((name) => name.endsWith('.wal') && !name.startsWith('.'))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name))
      const payloads: Buffer[] = []
      const commits: Commit[] = []
      reader.told = commits
      const walk = walkLog(
        memorySource(name, bytes),
        { logNumber: null },
        {
          record(payload, offsetBytes, payloadOffsetBytes, endOffsetBytes) {
            payloads.push(Buffer.from(payload))
            reader.reader.open(payload, payloadOffsetBytes)
            reader.reader.read(offsetBytes, endOffsetBytes)
          },
        },
      )
      expect(walk.damages).toEqual([])
      const isClosed = names.includes(name.replace('.wal', '.idx'))
      if (isClosed) {
        expect(walk.endOffsetBytes).toBe(bytes.length)
        compareIndex(readFileSync(join(folder, name.replace('.wal', '.idx'))), name, bytes, commits)
      }
      if (payloads[0] !== undefined) expect(Number(payloads[0].readBigUInt64LE())).toBe(Number(name.slice(0, 20)))
      return { name, isClosed, payloads, commits, end: walk.end }
    })
}

function newReader() {
  const directed = {
    told: [] as Commit[],
    reader: new CommitReader({ commit: (commit) => directed.told.push(structuredClone(commit)) }),
  }
  return directed
}

/** An index says what walking its segment says. */
function compareIndex(bytes: Uint8Array, name: string, segment: Buffer, commits: readonly Commit[]): void {
  const index = decodeSegmentIndex(bytes, name)
  expect([index.firstSequence, index.sizeBytes, index.crc32c]).toEqual([
    Number(name.slice(0, 20)),
    segment.length,
    crc32c(segment),
  ])
  const told: object[] = []
  index.walk(({ familyCount, families, ...commit }) => {
    told.push({ ...commit, families: families.slice(0, familyCount).map((family) => ({ ...family })) })
    return undefined
  })
  expect(told).toEqual(
    commits.map(
      ({ firstSequence, lastSequence, offsetBytes, committedAtUs, timeKind, uncertaintyUs, sizeBytes, families }) => ({
        firstSequence,
        lastSequence,
        offsetBytes,
        timeUs: committedAtUs,
        timeKind,
        uncertaintyUs,
        sizeBytes,
        families: families.map(({ columnFamilyId, puts, merges, deletes, rangeDeletes }) => ({
          columnFamilyId,
          puts: puts + merges,
          deletes,
          rangeDeletes,
        })),
      }),
    ),
  )
}

/** A payload as the database wrote it, as hex. */
export function withoutMark(payload: Buffer): string {
  const at = payload.indexOf(MARK_NAME)
  if (at !== 14 && at !== 15) return payload.toString('hex')
  return Buffer.concat([payload.subarray(0, at - 2), payload.subarray(at + 28)]).toString('hex')
}

/** All payloads of a timeline, as the database wrote them. */
export function archivedPayloads(repositoryPath: string, timeline = '1'): string[] {
  return archivedSegments(repositoryPath, timeline).flatMap(({ payloads }) => payloads.map(withoutMark))
}
