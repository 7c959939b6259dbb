import { join } from 'node:path'
import { assert } from '#base/assert.ts'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { encodeBackupMeta, type NewMetaFile } from '../../rocksdb/meta/encode-backup-meta.ts'
import { encodeFullMetadata } from './application-metadata.ts'
import { type CopyWork, copyOutcome } from './copy-work.ts'
import type { PreparedFull } from './full-order.ts'
import { checksumPath, SHARED_FOLDER } from './shared-copies.ts'

const US_PER_S = 1_000_000

/** A backup that was published. */
export type WrittenFull = {
  readonly backupId: number
  readonly createdAtUs: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly lastCommitAtUs: number | null
  readonly fileCount: number
  readonly totalBytes: number
  /** tables and blob files that the repository had already */
  readonly sharedFileCount: number
  readonly sharedBytes: number
  /** what this backup takes more */
  readonly writtenBytes: number
  /** sentences */
  readonly warnings: readonly string[]
}

/**
 * Makes a backup visible with one rename, after all its files were copied: every name that it needs is synced before,
 * its own after (docs/formats/rocksdb.md §7.4).
 * @throws AppError DISK_FULL, IO_FAILED, LIMIT_EXCEEDED
 */
export function publishFull(full: PreparedFull, work: CopyWork, layer: FileLayer): WrittenFull {
  const { root, backupId } = full
  const shared = sharedFiles(full, work)
  const bytes = encodeBackupMeta({
    backupId,
    createdAtS: Math.floor(full.createdAtUs / US_PER_S),
    sequence: full.lastSequence,
    appMetadata: encodeFullMetadata(full),
    files: [...shared, ...full.privateFiles],
  })
  try {
    for (const folder of [SHARED_FOLDER, `private/${backupId}`, 'private', '.'])
      syncDirectory(join(root, folder), layer)
    writeMeta(root, backupId, bytes, layer)
  } catch (cause) {
    throw fileError(cause, join(root, 'meta', String(backupId)))
  }
  return written(full, work, shared)
}

/** As `writeFileDurably`, under the temporary name that RocksDB's BackupEngine gives. */
function writeMeta(root: string, backupId: number, bytes: Uint8Array, layer: FileLayer): void {
  const temporary = join(root, 'meta', `.${backupId}.tmp`)
  removeIfThere(temporary, layer)
  const descriptor = layer.open(temporary, 'wx')
  try {
    layer.write(descriptor, bytes)
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
  layer.rename(temporary, join(root, 'meta', String(backupId)))
  syncDirectory(join(root, 'meta'), layer)
}

function sharedFiles(full: PreparedFull, work: CopyWork): NewMetaFile[] {
  const outcomes = new Int32Array(work.outcome)
  const crcs = new Uint32Array(work.crc32c)
  return full.copies.map((copy, index) => {
    assert(Atomics.load(outcomes, index) !== copyOutcome.open, 'a backup is published when all its files are there')
    const crc = crcs[index] ?? 0
    return { path: copy.path ?? checksumPath(copy, crc), crc32c: crc, sizeBytes: copy.sizeBytes }
  })
}

function written(full: PreparedFull, work: CopyWork, shared: readonly NewMetaFile[]): WrittenFull {
  const outcomes = new Int32Array(work.outcome)
  const wasThere = shared.filter((_file, index) => outcomes[index] === copyOutcome.shared)
  const totalBytes = sumBytes(shared) + sumBytes(full.privateFiles)
  const { backupId, createdAtUs, firstSequence, lastSequence, lastCommitAtUs, warnings } = full
  return {
    backupId,
    createdAtUs,
    firstSequence,
    lastSequence,
    lastCommitAtUs,
    fileCount: shared.length + full.privateFiles.length,
    totalBytes,
    sharedFileCount: wasThere.length,
    sharedBytes: sumBytes(wasThere),
    writtenBytes: totalBytes - sumBytes(wasThere),
    warnings,
  }
}

function sumBytes(files: readonly { sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0)
}
