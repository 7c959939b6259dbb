import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { VERIFIED_FOLDER } from '../../repository/own/format/records.ts'
import { readVerification } from '../../repository/own/records.ts'
import { readMeta } from '../../repository/read-meta.ts'
import type { BackupMetaFile } from '../../rocksdb/backup-meta.ts'
import { Doubts } from './doubts.ts'

const ID_NAME = /^[1-9][0-9]*$/
const RECORD_NAME = /^([1-9][0-9]{0,15})[.]json$/

/** What published backups say of a stored file. */
export type Reference = {
  readonly sizeBytes: number | null
  /** null: no meta file names a checksum */
  readonly crc32c: number | null
  /** two meta files name different ones */
  readonly isContradicted: boolean
}

export type References = {
  readonly backupIds: ReadonlySet<number>
  /** by path relative to the repository */
  readonly files: ReadonlyMap<string, Reference>
  /** paths of `files` that a verification found damaged, and none has found sound since */
  readonly doubted: ReadonlySet<string>
  /** meta files that cannot be understood, so that what they need is not known */
  readonly unreadable: readonly string[]
}

/** Reads every meta file of a repository, and what verifications said of them. @throws AppError when the directory itself cannot be read */
export function readReferences(directory: BackupDirectory): References {
  const files = new Map<string, Reference>()
  const backupIds = new Set<number>()
  const unreadable: string[] = []
  const filesOf = new Map<number, readonly BackupMetaFile[]>()
  for (const name of directory.list('meta').filter((each) => ID_NAME.test(each))) {
    const backupId = Number(name)
    backupIds.add(backupId)
    try {
      const { meta } = readMeta(directory, backupId)
      for (const file of meta.files) add(files, file)
      filesOf.set(backupId, meta.files)
    } catch (cause) {
      if (!(cause instanceof DamageError || cause instanceof AppError)) throw cause
      unreadable.push(`meta/${name}`)
    }
  }
  return { backupIds, files, doubted: doubtedFiles(directory, filesOf), unreadable }
}

function doubtedFiles(
  directory: BackupDirectory,
  filesOf: ReadonlyMap<number, readonly BackupMetaFile[]>,
): ReadonlySet<string> {
  const doubts = new Doubts()
  for (const name of directory.list(VERIFIED_FOLDER)) {
    const [, id] = RECORD_NAME.exec(name) ?? []
    const verified = id === undefined ? null : readVerification(directory, Number(id))
    if (verified !== null) doubts.note(verified, filesOf.get(verified.id) ?? [])
  }
  return doubts.paths()
}

function add(files: Map<string, Reference>, { path, sizeBytes, crc32c }: BackupMetaFile): void {
  const known = files.get(path)
  const crc = known?.crc32c ?? crc32c
  const size = known?.sizeBytes ?? sizeBytes
  const isContradicted =
    known?.isContradicted === true || (crc32c !== null && crc !== crc32c) || (sizeBytes !== null && size !== sizeBytes)
  files.set(path, { crc32c: crc, sizeBytes: size, isContradicted })
}
