import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { DamageError, describeDamage } from '#base/damage.ts'
import { type ArchiveFiles, archiveFilesAt } from '../repository/archive/archive-files.ts'
import { indexName } from '../repository/archive/segment-names.ts'
import { readSegmentIndex } from '../repository/archive/segments.ts'
import { walkSegment } from '../repository/archive/walk-segment.ts'
import { crc32c } from '../rocksdb/crc32c.ts'

const CHUNK_BYTES = 1024 * 1024

/** A file of the archive, as an incremental backup names it. */
export type ArchivedFile = { readonly path: string; readonly sizeBytes: number | null; readonly crc32c: number | null }

export type SegmentTask = {
  readonly root: string
  readonly files: readonly ArchivedFile[]
  readonly level: 'presence' | 'checksum' | 'deep'
  readonly control: SharedArrayBuffer
}

export type SegmentTaskOutput = { readonly readBytes: number; readonly problems: string[] }

/**
 * Proves the segments and indexes of incremental backups: their sizes, their checksums, and at level deep that each
 * segment holds, by the rules of its format, what its index says.
 * @throws AppError IO_FAILED, ACCESS_DENIED; StoppedError
 */
export function checkSegments({ root, files, level, control }: SegmentTask): SegmentTaskOutput {
  const archive = archiveFilesAt(root)
  const stop = new ControlSwitch(control)
  const problems: string[] = []
  let readBytes = 0
  for (const file of files) {
    stop.checkpoint()
    const found = archive.stat(file.path)
    const before = problems.length
    if (found === null) problems.push(`${file.path}: missing`)
    else if (file.sizeBytes !== null && found.size !== file.sizeBytes) {
      problems.push(`${file.path}: expected ${file.sizeBytes} bytes, found ${found.size}`)
    } else if (level !== 'presence') {
      readBytes += found.size
      problems.push(...checkBytes(archive, file, stop))
    }
    const isSound = problems.length === before
    if (isSound && level === 'deep' && file.path.endsWith('.wal')) problems.push(...checkCommits(archive, file.path))
  }
  return { readBytes, problems }
}

function checkBytes(archive: ArchiveFiles, { path, crc32c: expected }: ArchivedFile, stop: ControlSwitch): string[] {
  const source = archive.open(path)
  try {
    const found = crcOf(source, stop)
    return expected === null || found === expected ? [] : [`${path}: expected CRC32C ${expected}, found ${found}`]
  } finally {
    source.close()
  }
}

function crcOf(source: ByteSource, stop: ControlSwitch): number {
  const buffer = new Uint8Array(CHUNK_BYTES)
  let crc = 0
  for (let offset = 0; offset < source.sizeBytes; offset += CHUNK_BYTES) {
    stop.checkpoint()
    crc = crc32c(buffer.subarray(0, source.readInto(buffer, offset)), crc)
  }
  return crc
}

function checkCommits(archive: ArchiveFiles, path: string): string[] {
  try {
    const { index } = readSegmentIndex(archive, path)
    const source = archive.open(path)
    try {
      let commitCount = 0
      const walk = walkSegment(source, {
        commit: () => {
          commitCount += 1
        },
      })
      const found = `${walk.firstSequence} to ${walk.lastSequence} in ${commitCount} commits`
      const expected = `${index.firstSequence} to ${index.lastSequence} in ${index.commitCount} commits`
      const differs = found === expected ? [] : [`${indexName(path)}: says ${expected}, the segment holds ${found}`]
      return [...walk.damages.map(describeDamage), ...differs]
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof DamageError) return [describeDamage(error.damage)]
    if (error instanceof AppError && error.code === 'PATH_NOT_FOUND') return [`${path}: missing`]
    throw error
  }
}
