import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { formatFileNumber } from '../../rocksdb/database-file-name.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import { type HeldFile, holdFile } from './held-file.ts'
import type { LiveFile } from './live-files.ts'
import { restartOrDamage } from './restart.ts'

type Needed = { readonly name: string; readonly structure: 'table' | 'blob file'; readonly sizeBytes: number }

/**
 * The tables and blob files of a database, held open over several attempts: a number is one file for as long as a
 * database lives, so what an earlier attempt opened is still right.
 */
export class HeldTables {
  readonly #root: string
  readonly #files = new Map<string, HeldFile>()
  #databaseId: string | null = null

  constructor(root: string) {
    this.#root = root
  }

  /**
   * Opens every table and blob file that a MANIFEST names, and closes what it does not.
   * @throws RestartError when one is not there or has another size
   * @throws AppError BAD_REQUEST for tables in other directories; LIMIT_EXCEEDED, ACCESS_DENIED
   */
  hold(manifest: ManifestState): { tables: LiveFile[]; blobs: LiveFile[] } {
    if (manifest.databaseId !== this.#databaseId) this.close()
    this.#databaseId = manifest.databaseId
    const tables = manifest.columnFamilies.flatMap((family) => family.files)
    if (tables.some((table) => table.pathId !== 0)) throw otherDirectories(this.#root)
    const needed = {
      tables: tables.map((table) => this.#one(`${formatFileNumber(table.fileNumber)}.sst`, 'table', table.sizeBytes)),
      blobs: manifest.columnFamilies.flatMap((family) =>
        family.blobFiles.map((blob) =>
          this.#one(`${formatFileNumber(blob.fileNumber)}.blob`, 'blob file', blob.sizeBytes),
        ),
      ),
    }
    this.#closeAllBut(new Set([...needed.tables, ...needed.blobs].map(({ name }) => name)))
    return needed
  }

  close(): void {
    this.#closeAllBut(new Set())
  }

  #one(name: string, structure: Needed['structure'], sizeBytes: number): LiveFile {
    const held = this.#files.get(name) ?? this.#open({ name, structure, sizeBytes })
    if (held.sizeBytes !== sizeBytes) {
      this.#drop(held)
      restartOrDamage(
        name,
        structure,
        `has not the ${sizeBytes} bytes that the MANIFEST says`,
        `${held.sizeBytes} bytes`,
      )
    }
    return { name, descriptor: held.descriptor, sizeBytes }
  }

  #open({ name, structure }: Needed): HeldFile {
    try {
      const held = holdFile(join(this.#root, name), name)
      this.#files.set(name, held)
      return held
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === 'PATH_NOT_FOUND')) throw cause
      return restartOrDamage(name, structure, 'is missing, and the MANIFEST needs it')
    }
  }

  #closeAllBut(names: ReadonlySet<string>): void {
    for (const held of this.#files.values()) {
      if (!names.has(held.name)) this.#drop(held)
    }
  }

  #drop(held: HeldFile): void {
    this.#files.delete(held.name)
    closeSync(held.descriptor)
  }
}

function otherDirectories(root: string): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the database keeps tables in several directories (db_paths or cf_paths), which no backup can hold',
    subject: root,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Open the database with one path, let it compact everything into that, then try again.',
  })
}
