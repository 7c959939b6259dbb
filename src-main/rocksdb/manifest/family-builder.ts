import { compareBytes } from '#base/bytes.ts'
import { comparatorNamed } from '../comparator.ts'
import { isExclusiveEnd } from '../internal-key.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { liveBlobFiles } from './live-blob-files.ts'
import type { BlobFile, ColumnFamily, TableFile } from './manifest-state.ts'
import type { NewBlobFile, NewTableFile } from './version-edit.ts'

/** header and footer of a blob file */
const BLOB_FILE_FRAME_BYTES = 62
/** what the objects of an entry take besides its bytes */
const TABLE_BYTES = 700
const FAMILY_BYTES = 1000

/** One column family while a MANIFEST is replayed. Methods return what is wrong, or null. */
export class FamilyBuilder {
  readonly id: number
  readonly name: string
  comparator: string | null = null
  logNumber = 0
  timestampsPersisted = true
  readonly #memory: MemoryBudget
  readonly #tables = new Map<number, TableFile>()
  readonly #blobFiles = new Map<number, BlobFile>()

  constructor(id: number, name: string, memory: MemoryBudget) {
    this.id = id
    this.name = name
    this.#memory = memory
    memory.take(FAMILY_BYTES + 2 * name.length)
  }

  removeTable(level: number, fileNumber: number): string | null {
    const table = this.#tables.get(fileNumber)
    if (table?.level !== level) return `table ${fileNumber} is removed from level ${level} but is not there`
    this.#tables.delete(fileNumber)
    this.#memory.take(-heldBytes(table))
    return null
  }

  addTable(file: NewTableFile): string | null {
    if (this.#tables.has(file.fileNumber)) return `table ${file.fileNumber} is added but is already there`
    const table = tableFile(file)
    this.#memory.take(heldBytes(table))
    this.#tables.set(file.fileNumber, table)
    return null
  }

  addBlobFile(file: NewBlobFile): string | null {
    if (this.#blobFiles.has(file.fileNumber)) return `blob file ${file.fileNumber} is added but is already there`
    this.#memory.take(TABLE_BYTES + 2 * file.checksumMethod.length + file.checksumValue.length)
    const sizeBytes = file.totalBytes + BLOB_FILE_FRAME_BYTES
    this.#blobFiles.set(file.fileNumber, { ...file, sizeBytes, garbageCount: 0, garbageBytes: 0 })
    return null
  }

  addGarbage(fileNumber: number, garbageCount: number, garbageBytes: number): string | null {
    const file = this.#blobFiles.get(fileNumber)
    if (file === undefined) return `garbage is counted for blob file ${fileNumber}, which is not there`
    const counted = {
      ...file,
      garbageCount: file.garbageCount + garbageCount,
      garbageBytes: file.garbageBytes + garbageBytes,
    }
    if (counted.garbageCount > file.blobCount || counted.garbageBytes > file.totalBytes) {
      return `blob file ${fileNumber} has more garbage than content`
    }
    this.#blobFiles.set(fileNumber, counted)
    return null
  }

  build(): ColumnFamily {
    return {
      id: this.id,
      name: this.name,
      comparator: this.comparator,
      logNumber: this.logNumber,
      timestampsPersisted: this.timestampsPersisted,
      files: [...this.#tables.values()].sort((left, right) => this.#order(left, right)),
      blobFiles: liveBlobFiles(this.#blobFiles.values(), this.#tables.values()),
    }
  }

  #order(left: TableFile, right: TableFile): number {
    if (left.level !== right.level) return left.level - right.level
    if (left.level === 0) {
      return right.largestSequence - left.largestSequence || right.fileNumber - left.fileNumber
    }
    const comparator = this.comparator === null ? null : comparatorNamed(this.comparator)
    return comparator === null
      ? compareBytes(left.smallestKey, right.smallestKey)
      : comparator.compare(left.smallestKey, left.smallestKey.length, right.smallestKey)
  }
}

function tableFile(file: NewTableFile): TableFile {
  return {
    level: file.level,
    fileNumber: file.fileNumber,
    pathId: file.pathId,
    sizeBytes: file.sizeBytes,
    // copies: a view would keep the whole edit in memory
    smallestKey: new Uint8Array(file.smallest.userKey),
    largestKey: new Uint8Array(file.largest.userKey),
    largestKeyIsExcluded: isExclusiveEnd(file.largest),
    smallestSequence: file.smallestSequence,
    largestSequence: file.largestSequence,
    fileChecksum: copyOf(file.fileChecksum),
    fileChecksumFunction: file.fileChecksumFunction,
    oldestBlobFileNumber: file.oldestBlobFileNumber,
    oldestAncestorTimeS: file.oldestAncestorTimeS,
    creationTimeS: file.creationTimeS,
    epochNumber: file.epochNumber,
    uniqueId: copyOf(file.uniqueId),
  }
}

function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes)
}

function heldBytes(file: TableFile): number {
  const { smallestKey, largestKey, fileChecksum, uniqueId } = file
  return TABLE_BYTES + smallestKey.length + largestKey.length + (fileChecksum?.length ?? 0) + (uniqueId?.length ?? 0)
}
