import type { ByteSource } from '#base/byte-source.ts'
import { memorySource } from '#base/memory-source.ts'
import type { Commit, CommitWalkOptions, FamilyCounts } from '../../../../src-main/rocksdb/commits/commit.ts'
import {
  ARRIVAL_DATA_BYTES,
  COMMIT_MARKER_KEY,
  encodeCommitMarker,
  writeArrivalMark,
} from '../../../../src-main/rocksdb/commits/commit-marker.ts'
import { walkCommits } from '../../../../src-main/rocksdb/commits/walk-commits.ts'
import { textOf } from '../fixtures.ts'
import { familyRecord, lengthPrefixed } from '../log-writer.ts'

/** The commits of logs, copied, and what the walk says at the end; log n has the number n + 1 unless told. */
export function commitsOf(
  logs: readonly (Uint8Array | ByteSource)[],
  options: Partial<CommitWalkOptions> & { readonly firstLogNumber?: number } = {},
) {
  const { firstLogNumber = 1, ...walkOptions } = options
  const commits: Commit[] = []
  const sources = logs.map((log, index) => {
    const logNumber = firstLogNumber + index
    return { logNumber, source: log instanceof Uint8Array ? memorySource(`${logNumber}.log`, log) : log }
  })
  const result = walkCommits(
    sources,
    { lastSequenceBefore: null, ...walkOptions },
    { commit: (commit) => commits.push(structuredClone(commit)) },
  )
  return { commits, result }
}

/** `[10-12] 5 puts in 0, 1 delete in 3 @time`: a commit in one line. */
export function line(commit: Commit): string {
  const families = commit.families.map((family) => `${family.columnFamilyId}:${kinds(family)}`)
  const time = commit.committedAtUs === null ? '' : ` @${commit.committedAtUs}`
  return `[${commit.firstSequence}-${commit.lastSequence}] ${families.join(' ')}${time}`
}

function kinds({ puts, deletes, rangeDeletes, merges }: FamilyCounts): string {
  const counts = { p: puts, d: deletes, r: rangeDeletes, m: merges }
  return Object.entries(counts)
    .flatMap(([kind, count]) => (count === 0 ? [] : [`${count}${kind}`]))
    .join('')
}

export function markerPut(timeUs: number, columnFamilyId = 0): Buffer {
  return familyRecord(5, columnFamilyId, textOf(COMMIT_MARKER_KEY), textOf(encodeCommitMarker(timeUs).value))
}

export function markerLogData(timeUs: number): Buffer {
  const { key, value } = encodeCommitMarker(timeUs)
  return Buffer.concat([Buffer.of(3), lengthPrefixed(Buffer.concat([key, value]))])
}

export function markerArrival(timeUs: number, uncertaintyUs: number): Buffer {
  const data = new Uint8Array(ARRIVAL_DATA_BYTES)
  writeArrivalMark(data, 0, timeUs, uncertaintyUs)
  return Buffer.concat([Buffer.of(3), lengthPrefixed(data)])
}
