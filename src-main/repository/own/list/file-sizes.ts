import { AppError } from '#base/app-error.ts'
import type { BackupDirectory } from '../../backup-directory.ts'

/** The sizes of files of a repository, each looked at once however many backups name it. */
export class FileSizes {
  readonly #directory: BackupDirectory
  readonly #sizes = new Map<string, number | 'missing' | 'unusable'>()

  constructor(directory: BackupDirectory) {
    this.#directory = directory
  }

  /** unusable: a link, a folder or a device, or it cannot be looked at. */
  get(path: string): number | 'missing' | 'unusable' {
    const known = this.#sizes.get(path)
    if (known !== undefined) return known
    const size = this.#look(path)
    this.#sizes.set(path, size)
    return size
  }

  #look(path: string): number | 'missing' | 'unusable' {
    try {
      const stat = this.#directory.stat(path)
      if (stat === null) return 'missing'
      return stat.isFile() ? stat.size : 'unusable'
    } catch (cause) {
      if (cause instanceof AppError) return 'unusable'
      throw cause
    }
  }
}
