import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { filesOfBackup, manifestOfBackup } from '../../repository/manifest-of-backup.ts'
import { readMeta } from '../../repository/read-meta.ts'
import type { BackupMeta } from '../../rocksdb/backup-meta.ts'
import { openedInTurn } from '../../rocksdb/commits/commit-index.ts'
import { walkCommits } from '../../rocksdb/commits/walk-commits.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'

/** What must be read of a full backup before it can be a base. */
export type BaseLook =
  | {
      readonly kind: 'usable'
      readonly metaDigest: string
      /** of the state: of its tables and its own logs */
      readonly lastSequence: number
      readonly columnFamilyIds: readonly number[]
      readonly databaseId: string | null
    }
  | { readonly kind: 'unusable'; readonly reason: string }

export type BaseLookup = {
  /** @param knownLastSequence null: another program made it, and its logs must be read */
  look(backupId: number, knownLastSequence: number | null): BaseLook
}

/** Reads meta files, MANIFESTs and, of backups that other programs made, logs; each backup once. */
export class RepositoryBases implements BaseLookup {
  readonly #directory: BackupDirectory
  readonly #looks = new Map<number, BaseLook>()

  constructor(directory: BackupDirectory) {
    this.#directory = directory
  }

  /** @throws only for bugs: what is wrong with a backup makes it unusable */
  look(backupId: number, knownLastSequence: number | null): BaseLook {
    const known = this.#looks.get(backupId)
    if (known !== undefined) return known
    const look = this.#read(backupId, knownLastSequence)
    this.#looks.set(backupId, look)
    return look
  }

  #read(backupId: number, knownLastSequence: number | null): BaseLook {
    try {
      const { meta, metaDigest } = readMeta(this.#directory, backupId)
      if (meta.files.length === 0) return { kind: 'unusable', reason: 'it has no files' }
      const manifest = manifestOfBackup(this.#directory, meta)
      const [damage] = manifest.damages
      if (damage !== undefined) throw new DamageError(damage)
      const lastSequence = knownLastSequence ?? lastSequenceOf(this.#directory, meta, manifest)
      const columnFamilyIds = manifest.columnFamilies.map(({ id }) => id)
      return { kind: 'usable', metaDigest, lastSequence, columnFamilyIds, databaseId: manifest.databaseId }
    } catch (cause) {
      if (!(cause instanceof DamageError || cause instanceof AppError)) throw cause
      return { kind: 'unusable', reason: cause.message }
    }
  }
}

/** Of a backup that does not say it: its tables end with the MANIFEST's, the logs go on. @throws DamageError */
function lastSequenceOf(directory: BackupDirectory, meta: BackupMeta, manifest: ManifestState): number {
  const logs = filesOfBackup(directory, meta)
    .walFiles.filter(({ logNumber }) => (logNumber ?? 0) >= manifest.minLogNumberToKeep)
    .toSorted((left, right) => (left.logNumber ?? 0) - (right.logNumber ?? 0))
  const options = { lastSequenceBefore: null, flushedSequence: manifest.lastSequence }
  const { lastSequence, damages } = walkCommits(openedInTurn(logs), options, { commit: () => {} })
  const [damage] = damages
  if (damage !== undefined) throw new DamageError(damage)
  return Math.max(lastSequence ?? 0, manifest.lastSequence)
}
