import type { ByteSource } from '#base/byte-source.ts'
import { type BlobFile, openBlobFile } from '../blob/blob-file.ts'
import type { BlobReference } from '../blob-index.ts'
import type { BlobValues } from './content-reader.ts'
import type { FileSet } from './file-set.ts'

const KEPT_FILES_MAX = 32

/** Keeps the blob files that were read last open. */
export class OpenBlobs implements BlobValues {
  readonly #fileSet: FileSet
  /** in the order of last use */
  readonly #files = new Map<number, BlobFile>()

  constructor(fileSet: FileSet) {
    this.#fileSet = fileSet
  }

  read(reference: Exclude<BlobReference, { kind: 'inlined' }>, userKey: Uint8Array): Uint8Array {
    return this.#fileOf(reference.fileNumber).readValue(reference, userKey)
  }

  close(): void {
    for (const file of this.#files.values()) file.close()
    this.#files.clear()
  }

  #fileOf(fileNumber: number): BlobFile {
    const file = this.#files.get(fileNumber) ?? openOwned(this.#fileSet.openBlob(fileNumber))
    this.#files.delete(fileNumber)
    this.#files.set(fileNumber, file)
    for (const [oldest, other] of this.#files) {
      if (this.#files.size <= KEPT_FILES_MAX) break
      other.close()
      this.#files.delete(oldest)
    }
    return file
  }
}

function openOwned(source: ByteSource): BlobFile {
  try {
    return openBlobFile(source)
  } catch (error) {
    source.close()
    throw error
  }
}
