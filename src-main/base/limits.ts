/** Every bound of the product, each with its reason. Input decides nothing beyond these. */
export const limits = {
  /** BackupEngine writes a line per file; 64 MiB is about 700,000 files */
  metaFileBytesMax: 64 * 1024 * 1024,
  /** one file name with its fields; longer is an attack or damage */
  metaLineBytesMax: 16 * 1024,
  /** RocksDB's own cap is 1 MiB decoded, which is 2 MiB of hex */
  metaAppMetadataLineBytesMax: 2 * 1024 * 1024 + 16,
  /** a MANIFEST rolls over at 1 GiB by default; what is live in one is far less */
  manifestFileBytesMax: 1024 * 1024 * 1024,
  /** CURRENT is 16 bytes */
  currentFileBytesMax: 64,
  /** RocksDB refuses batches of 4 GiB; nobody previews more than this */
  logicalRecordBytesMax: 1024 * 1024 * 1024,
  /** user keys are short; larger is damage */
  keyBytesMax: 64 * 1024 * 1024,
  /** a block is 4-64 KiB by habit and holds at least one whole entry */
  blockBytesMax: 256 * 1024 * 1024,
  /** decompressed size of one block: stops a decompression bomb */
  decompressedBlockBytesMax: 256 * 1024 * 1024,
  /** WAL of a backup that is kept in memory for a view */
  viewWalBytesMax: 512 * 1024 * 1024,
  /** rows of one page over the contract */
  pageRowsMax: 1000,
  /** bytes of one value shown in a list */
  valuePreviewBytesMax: 4096,
  /** bytes of one value shown on its own */
  wholeValueBytesMax: 1024 * 1024,
  /** threads of the core: paused jobs keep theirs, and a page of rows must not wait for them */
  workerThreadsMax: 16,
  /** damages kept for one backup; the count goes on */
  damagesKeptMax: 1000,
  /** one read of the hashing and copying loops: stays in the second-level cache */
  readChunkBytes: 1024 * 1024,
  /** a large file is hashed by several workers in ranges of this size */
  hashRangeBytes: 64 * 1024 * 1024,
} as const
