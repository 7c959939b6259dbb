import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, describeDamage } from '#base/damage.ts'
import { openLocalFile } from '#base/local-file.ts'
import type { CommitReader } from '../../rocksdb/commits/commit-reader.ts'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { walkLog } from '../../rocksdb/log/walk-log.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import { readManifest } from '../../rocksdb/manifest/read-manifest.ts'
import { baseDiffers } from './tail-errors.ts'
import type { TailTask } from './tail-task.ts'

/**
 * Proves that the tables and logs of a base end with the sequence that its metadata says, and shows its logs to the reader,
 * so that what was prepared in them is known behind them.
 *
 * That no table holds anything newer is why no operation behind the base has to be filtered by the log number of its family
 * (docs/formats/rocksdb.md §9.4): none of them was flushed. The base's own logs keep their numbers, and the engine filters
 * those itself.
 * @returns the column families that its MANIFEST knows
 * @throws AppError BACKUP_INCOMPLETE
 */
export function proveBaseEnd(task: TailTask, reader: CommitReader, checkpoint: () => void): ReadonlySet<number> {
  const manifest = withFile(task, task.manifestName, readManifest)
  refuseDamage(manifest.damages)
  let lastInLogs = 0
  for (const { name, logNumber } of neededLogs(task, manifest)) {
    lastInLogs = Math.max(
      lastInLogs,
      withFile(task, name, (source) => walkBaseLog(source, logNumber, reader, checkpoint)),
    )
  }
  const found = Math.max(lastInLogs, newestInTables(manifest))
  if (found === task.baseLastSequence) return new Set(manifest.columnFamilies.map(({ id }) => id))
  const message = `the full backup ends with sequence ${found}, not with ${task.baseLastSequence} as its metadata says`
  throw baseDiffers(message, task.root)
}

/** @returns the last sequence that it uses up, 0 for none */
function walkBaseLog(source: ByteSource, logNumber: number, reader: CommitReader, checkpoint: () => void): number {
  let nextSequence = 1
  reader.beginLog(logNumber, source.name)
  const { damages } = walkLog(
    source,
    { logNumber, checkpoint },
    {
      record(payload, offsetBytes, payloadOffsetBytes, endOffsetBytes) {
        reader.open(payload, payloadOffsetBytes)
        nextSequence = Math.max(nextSequence, reader.read(offsetBytes, endOffsetBytes))
      },
    },
  )
  refuseDamage(damages)
  return nextSequence - 1
}

/** The bytes are those of the backup: it was damaged when it was made. */
function refuseDamage([damage]: readonly Damage[]): void {
  if (damage === undefined) return
  throw baseDiffers('the full backup holds a damaged file', describeDamage(damage))
}

function neededLogs(task: TailTask, manifest: ManifestState): { name: string; logNumber: number }[] {
  const logs = readdirSync(task.filesPath).flatMap((name) => {
    const parsed = parseDatabaseFileName(name)
    const isOfBase = parsed?.kind === 'log' && name !== task.fileName
    return isOfBase && parsed.fileNumber !== null ? [{ name, logNumber: parsed.fileNumber }] : []
  })
  return logs
    .filter(({ logNumber }) => logNumber >= manifest.minLogNumberToKeep)
    .sort((left, right) => left.logNumber - right.logNumber)
}

/** A compaction takes sequences away, the MANIFEST keeps the last one that tables hold. */
function newestInTables(manifest: ManifestState): number {
  let newest = manifest.lastSequence
  for (const { files } of manifest.columnFamilies) {
    for (const { largestSequence } of files) newest = Math.max(newest, largestSequence)
  }
  return newest
}

function withFile<Result>(task: TailTask, name: string, read: (source: ByteSource) => Result): Result {
  const source = openLocalFile(join(task.filesPath, name), name)
  try {
    return read(source)
  } finally {
    source.close()
  }
}
