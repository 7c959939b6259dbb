import { basename } from 'node:path'
import { ControlSwitch, StoppedError } from '#base/abort.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { walkBlobRecords } from '../rocksdb/blob/walk-blob-records.ts'
import { walkCommits } from '../rocksdb/commits/walk-commits.ts'
import { parseDatabaseFileName } from '../rocksdb/database-file-name.ts'
import { parseCurrent } from '../rocksdb/manifest/current-file.ts'
import { readManifest } from '../rocksdb/manifest/read-manifest.ts'
import { parseDatabaseOptions } from '../rocksdb/options/database-options.ts'
import { verifyBlocks } from '../rocksdb/sst/verify-blocks.ts'
import type { FoundProblem } from './plan.ts'

/** One thread's part of a deep verification: it takes files until none is left. */
export type ContentTask = {
  path: string
  files: { path: string; sizeBytes: number }[]
  /** one Int32: the next file to take */
  next: SharedArrayBuffer
  control: SharedArrayBuffer
  /** two Float64 for each thread: bytes and files done */
  progress: SharedArrayBuffer
  slot: number
}

export type ContentTaskOutput = { problems: FoundProblem[] }

/** A stored table's name has the checksum, session and size behind its number. */
const STORED_SUFFIX = /^([0-9]+)_.*(\.(?:sst|ldb|blob))$/

type Contents = { readonly damages: readonly Damage[]; readonly damageCount: number }

/**
 * Reads what files hold, by the rules of their formats: every block of a table against its own checksum, every record of
 * a log or a blob file, every edit of a MANIFEST. That finds what was already wrong when the backup was made, which its
 * checksums repeat faithfully.
 * @throws StoppedError when its control switch was stopped
 */
export function checkContents(task: ContentTask): ContentTaskOutput {
  const directory = new BackupDirectory(task.path)
  const control = new ControlSwitch(task.control)
  const next = new Int32Array(task.next)
  const progress = new Float64Array(task.progress, task.slot * 16, 2)
  const problems: FoundProblem[] = []
  for (;;) {
    control.checkpoint()
    const file = task.files[Atomics.add(next, 0, 1)]
    if (file === undefined) return { problems }
    try {
      const source = directory.open(file.path)
      try {
        const found = contentsOf(source, () => control.checkpoint())
        if (found !== null && found.damageCount > 0) problems.push(problemOf(file.path, found))
      } finally {
        source.close()
      }
    } catch (cause) {
      if (cause instanceof StoppedError) throw cause
      const found = cause instanceof Error ? cause.message : String(cause)
      problems.push({ path: file.path, kind: 'unreadable', expected: 'a readable file', found })
    }
    progress[0] = (progress[0] ?? 0) + file.sizeBytes
    progress[1] = (progress[1] ?? 0) + 1
  }
}

/** Null for a file whose contents have no rules here. */
function contentsOf(source: ByteSource, checkpoint: () => void): Contents | null {
  const name = parseDatabaseFileName(basename(source.name).replace(STORED_SUFFIX, '$1$2'))
  switch (name?.kind) {
    case 'table':
      return verifyBlocks(source, { checkpoint })
    case 'blob':
      return walkBlobRecords(source, () => {}, { checkpoint })
    case 'log':
      return walkCommits(
        [{ logNumber: name.fileNumber, source }],
        { lastSequenceBefore: null, checkpoint },
        { commit() {} },
      )
    case 'manifest': {
      const { damages } = readManifest(source)
      return { damages, damageCount: damages.length }
    }
    case 'options':
      return parsed(() => parseDatabaseOptions(readWhole(source, limits.optionsFileBytesMax), source.name))
    case 'current':
      return parsed(() => parseCurrent(readWhole(source, limits.currentFileBytesMax), source.name))
    default:
      return null
  }
}

function parsed(parse: () => unknown): Contents {
  try {
    parse()
    return { damages: [], damageCount: 0 }
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    return { damages: [error.damage], damageCount: 1 }
  }
}

/** One byte more than is allowed, so that the parser says that it is too long. */
function readWhole(source: ByteSource, bytesMax: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(source.sizeBytes, bytesMax + 1))
  return bytes.subarray(0, source.readInto(bytes, 0))
}

function problemOf(path: string, { damages, damageCount }: Contents): FoundProblem {
  const [first] = damages
  const others = damageCount > 1 ? `, and ${damageCount - 1} more` : ''
  const found = `${first === undefined ? 'damage' : describeDamage(first)}${others}`
  return { path, kind: 'contents', expected: 'what its format says', found }
}
