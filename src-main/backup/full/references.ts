import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { readMeta } from '../../repository/read-meta.ts'
import type { BackupMetaFile } from '../../rocksdb/backup-meta.ts'

const ID_NAME = /^[1-9][0-9]*$/

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
  /** meta files that cannot be understood, so that what they need is not known */
  readonly unreadable: readonly string[]
}

/** Reads every meta file of a repository. @throws AppError when the directory itself cannot be read */
export function readReferences(directory: BackupDirectory): References {
  const files = new Map<string, Reference>()
  const backupIds = new Set<number>()
  const unreadable: string[] = []
  for (const name of directory.list('meta').filter((each) => ID_NAME.test(each))) {
    const backupId = Number(name)
    backupIds.add(backupId)
    try {
      for (const file of readMeta(directory, backupId).meta.files) add(files, file)
    } catch (cause) {
      if (!(cause instanceof DamageError || cause instanceof AppError)) throw cause
      unreadable.push(`meta/${name}`)
    }
  }
  return { backupIds, files, unreadable }
}

function add(files: Map<string, Reference>, { path, sizeBytes, crc32c }: BackupMetaFile): void {
  const known = files.get(path)
  const crc = known?.crc32c ?? crc32c
  const size = known?.sizeBytes ?? sizeBytes
  const isContradicted =
    known?.isContradicted === true || (crc32c !== null && crc !== crc32c) || (sizeBytes !== null && size !== sizeBytes)
  files.set(path, { crc32c: crc, sizeBytes: size, isContradicted })
}
