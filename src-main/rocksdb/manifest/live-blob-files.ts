import type { BlobFile, TableFile } from './manifest-state.ts'

/**
 * Which blob files a column family still needs. No edit deletes a blob file: liveness follows from the live tables
 * and the garbage counts (RocksDB: db/version_builder.cc, SaveBlobFilesTo; docs/formats/rocksdb.md §4.3).
 */
export function liveBlobFiles(blobFiles: Iterable<BlobFile>, tables: Iterable<TableFile>): BlobFile[] {
  const linked = new Set<number>()
  for (const table of tables) {
    if (table.oldestBlobFileNumber !== null) linked.add(table.oldestBlobFileNumber)
  }
  const live: BlobFile[] = []
  const byNumber = [...blobFiles].sort((left, right) => left.fileNumber - right.fileNumber)
  const oldestLinked = byNumber.find((file) => linked.has(file.fileNumber))
  if (oldestLinked === undefined) return live
  for (const file of byNumber) {
    const isYounger = file.fileNumber >= oldestLinked.fileNumber
    if (isYounger && (linked.has(file.fileNumber) || file.garbageCount < file.blobCount)) live.push(file)
  }
  return live
}
