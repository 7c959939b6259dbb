import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { BackupMetaFile } from '../rocksdb/backup-meta.ts'
import type { BackupDirectory } from './backup-directory.ts'
import { fileDamage, type IndexedFile, roleOf, type TableFacts } from './indexed.ts'
import { readTableFacts } from './table-facts.ts'

/** What an earlier run found in a table; it holds while size and time are the same. */
export type KnownTables = ReadonlyMap<string, { sizeBytes: number; modifiedAtUs: number; table: TableFacts }>

/** The stored files of a directory, each looked at once however many backups name it. */
export class StoredFiles {
  readonly #directory: BackupDirectory
  readonly #known: KnownTables
  readonly #files = new Map<string, IndexedFile>()
  #readCount = 0

  constructor(directory: BackupDirectory, known: KnownTables) {
    this.#directory = directory
    this.#known = known
  }

  /** Tables that had to be opened, because no earlier run knew them. */
  get readCount(): number {
    return this.#readCount
  }

  get(listed: BackupMetaFile): IndexedFile {
    const seen = this.#files.get(listed.path)
    if (seen !== undefined) return seen
    const file = this.#look(listed)
    this.#files.set(listed.path, file)
    return file
  }

  #look(listed: BackupMetaFile): IndexedFile {
    const absent = {
      path: listed.path,
      role: roleOf(listed.databaseName),
      sizeBytes: null,
      modifiedAtUs: null,
      table: null,
    }
    try {
      const stat = this.#directory.stat(listed.path)
      if (stat === null && listed.excluded) return { ...absent, problem: null, damage: null }
      if (stat === null) return { ...absent, ...trouble(listed.path, 'missing') }
      if (!stat.isFile()) {
        return { ...absent, ...trouble(listed.path, 'a link, a directory or a device, which is never followed') }
      }
      const sized = { ...absent, sizeBytes: stat.size, modifiedAtUs: Math.round(stat.mtimeMs * 1000) }
      return sized.role === 'table' ? this.#readTable(sized) : { ...sized, problem: null, damage: null }
    } catch (cause) {
      return { ...absent, ...troubleOf(listed.path, cause) }
    }
  }

  #readTable(file: Omit<IndexedFile, 'problem' | 'damage'>): IndexedFile {
    const known = this.#known.get(file.path)
    if (known !== undefined && known.sizeBytes === file.sizeBytes && known.modifiedAtUs === file.modifiedAtUs) {
      return { ...file, table: known.table, problem: null, damage: null }
    }
    this.#readCount += 1
    try {
      return { ...file, table: readTableFacts(this.#directory, file.path), problem: null, damage: null }
    } catch (cause) {
      return { ...file, ...troubleOf(file.path, cause) }
    }
  }
}

type Trouble = Pick<IndexedFile, 'problem' | 'damage'>

function trouble(path: string, problem: string): Trouble {
  return { problem, damage: fileDamage(path, problem) }
}

/** What a damage or an error says of a file; anything else is our bug and goes on. */
function troubleOf(path: string, cause: unknown): Trouble {
  if (cause instanceof DamageError) {
    const { structure, problem } = cause.damage
    return { problem: `${structure}: ${problem}`, damage: cause.damage }
  }
  if (cause instanceof AppError) return trouble(cause.facts.subject ?? path, cause.facts.message)
  throw cause
}
