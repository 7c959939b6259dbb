/** Tags of version edits (RocksDB: db/version_edit.h; docs/formats/rocksdb.md §4.1). */
export const editTag = {
  comparator: 1,
  logNumber: 2,
  nextFileNumber: 3,
  lastSequence: 4,
  compactCursor: 5,
  deletedFile: 6,
  newFile: 7,
  previousLogNumber: 9,
  minLogNumberToKeep: 10,
  newFile2: 100,
  newFile3: 102,
  newFile4: 103,
  columnFamily: 200,
  columnFamilyAdd: 201,
  columnFamilyDrop: 202,
  maxColumnFamily: 203,
  inAtomicGroup: 300,
  blobFileAddition: 400,
  blobFileGarbage: 401,
  databaseId: 8193,
  oldBlobFileAddition: 8194,
  oldBlobFileGarbage: 8195,
  oldWalAddition: 8196,
  oldWalDeletion: 8197,
  fullHistoryTimestampLow: 8198,
  walAddition: 8199,
  walDeletion: 8200,
  persistUserDefinedTimestamps: 8201,
  lastCompactedManifestFileSize: 8203,
} as const

/** An unknown tag with this bit set is followed by a length and may be skipped. */
export const IGNORABLE_TAG_MASK = 8192

/** Custom fields of a new-file entry (docs/formats/rocksdb.md §4.2). */
export const fileField = {
  terminate: 1,
  needCompaction: 2,
  minLogNumberToKeep: 3,
  oldestBlobFileNumber: 4,
  oldestAncestorTime: 5,
  fileCreationTime: 6,
  fileChecksum: 7,
  fileChecksumFunction: 8,
  temperature: 9,
  minTimestamp: 10,
  maxTimestamp: 11,
  uniqueId: 12,
  epochNumber: 13,
  compensatedRangeDeletionSize: 14,
  tailSize: 15,
  userDefinedTimestampsPersisted: 16,
  fileOpenMetadata: 17,
  pathId: 65,
} as const

/** An unknown custom field with this bit set must be understood. */
export const FIELD_MUST_BE_KNOWN_BIT = 64
