import { compareBytes } from '#base/bytes.ts'
import { comparatorNamed } from '../sst/comparator.ts'
import { liveBlobFiles } from './live-blob-files.ts'
import type { BlobFile, ColumnFamily, TableFile } from './manifest-state.ts'
import type { NewBlobFile, NewTableFile } from './version-edit.ts'

/** header and footer of a blob file */
const BLOB_FILE_FRAME_BYTES = 62

/** One column family while a MANIFEST is replayed. Methods return what is wrong, or null. */
export class FamilyBuilder {
  readonly id: number
  readonly name: string
  comparator: string | null = null
  logNumber = 0
  timestampsPersisted = true
  readonly #tables = new Map<number, TableFile>()
  readonly #blobFiles = new Map<number, BlobFile>()

  constructor(id: number, name: string) {
    this.id = id
    this.name = name
  }

  removeTable(level: number, fileNumber: number): string | null {
    if (this.#tables.get(fileNumber)?.level !== level) {
      return `table ${fileNumber} is removed from level ${level} but is not there`
    }
    this.#tables.delete(fileNumber)
    return null
  }

  addTable(file: NewTableFile): string | null {
    if (this.#tables.has(file.fileNumber)) return `table ${file.fileNumber} is added but is already there`
    this.#tables.set(file.fileNumber, tableFile(file))
    return null
  }

  addBlobFile(file: NewBlobFile): string | null {
    if (this.#blobFiles.has(file.fileNumber)) return `blob file ${file.fileNumber} is added but is already there`
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
    smallestKey: file.smallest.userKey,
    largestKey: file.largest.userKey,
    smallestSequence: file.smallestSequence,
    largestSequence: file.largestSequence,
    fileChecksum: file.fileChecksum,
    fileChecksumFunction: file.fileChecksumFunction,
    oldestBlobFileNumber: file.oldestBlobFileNumber,
    oldestAncestorTimeS: file.oldestAncestorTimeS,
    creationTimeS: file.creationTimeS,
    epochNumber: file.epochNumber,
    uniqueId: file.uniqueId,
  }
}
