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
  /** edits of one MANIFEST: 1 GiB of real ones is a quarter of it, and a reader must come to an end */
  manifestEditsMax: 20_000_000,
  /** one edit: the snapshot of a family with 300,000 tables */
  manifestEditBytesMax: 128 * 1024 * 1024,
  /** fields of one edit or atomic group: a snapshot has one for each table */
  manifestEditFieldsMax: 300_000,
  /** live tables and families in memory: half a million tables */
  manifestStateBytesMax: 512 * 1024 * 1024,
  /** CURRENT is 16 bytes */
  currentFileBytesMax: 64,
  /** RocksDB refuses batches of 4 GiB; nobody previews more than this */
  logicalRecordBytesMax: 1024 * 1024 * 1024,
  /** user keys are short; larger is damage */
  keyBytesMax: 64 * 1024 * 1024,
  /** a block is 4-64 KiB by habit and holds at least one whole entry */
  blockBytesMax: 256 * 1024 * 1024,
  /** metaindex, properties and dictionary: kilobytes by habit */
  metaBlockBytesMax: 16 * 1024 * 1024,
  /** names in a metaindex or property block: dozens by habit */
  metaBlockEntriesMax: 10_000,
  /** range deletions of one table; the engine becomes unusably slow far below this */
  rangeTombstonesMax: 200_000,
  /** columns of one wide-column entity */
  entityColumnsMax: 100_000,
  /** decompressed size of one block: stops a decompression bomb */
  decompressedBlockBytesMax: 256 * 1024 * 1024,
  /** one entry of the logical log is one node or edge; JavaScript holds no text of half a gibibyte to show */
  logicalLogRecordBytesMax: 256 * 1024 * 1024,
  /** one line of a snapshot is one node or edge; what JSON makes of this size fits a worker's memory */
  snapshotLineBytesMax: 16 * 1024 * 1024,
  /** a snapshot's text; the engine's own upload limit is 64 GiB packed */
  snapshotUnpackedBytesMax: 4 * 1024 ** 4,
  /** a snapshot is a tenth of its text by habit; beyond this and the free part it is made to exhaust its reader */
  unpackedRatioMax: 250,
  unpackedRatioFreeBytes: 64 * 1024 * 1024,
  /** one value in a blob file as it is stored; decompressed it is bounded as a block is */
  blobValueBytesMax: 256 * 1024 * 1024,
  /** an OPTIONS file has 7 KiB for each column family: 4,600 families */
  optionsFileBytesMax: 32 * 1024 * 1024,
  /** one option with nested ones: a few hundred bytes by habit */
  optionsLineBytesMax: 64 * 1024,
  /** two for each column family and two more */
  optionsSectionsMax: 10_000,
  /** options of one file: a family has 110 */
  optionsValuesMax: 600_000,
  /** memory for the unflushed logs under a view, with what sorting them takes: about 500 MiB of logs */
  viewWalBytesMax: 768 * 1024 * 1024,
  /** values of the logs under a view that are kept in memory: a read for each would slow a scan down */
  viewWalValuesKeptBytesMax: 16 * 1024 * 1024,
  /** the commits in the logs under a view: about six million */
  commitIndexBytesMax: 256 * 1024 * 1024,
  /** blocks, indexes, dictionaries and range deletions that a scan holds at once over all levels */
  scanMemoryBytesMax: 512 * 1024 * 1024,
  /** keys and values of one page of rows; the page ends early, with the row that reached it */
  pageBytesMax: 16 * 1024 * 1024,
  /** blocks read for one page, unpacked: large blocks of one short row each make the page end early */
  pageReadBytesMax: 512 * 1024 * 1024,
  /** labels with a count of their own in an answer */
  labelsShownMax: 1000,
  /** accidents in an answer, the worst */
  findingsShownMax: 1000,
  /** rows of one page over the contract: checking an answer must not hold the core's thread for 10 ms */
  pageRowsMax: 250,
  /** bytes of one value shown in a list */
  valuePreviewBytesMax: 4096,
  /** bytes of one value shown on its own */
  wholeValueBytesMax: 1024 * 1024,
  /** threads of the core: paused jobs keep theirs, and a page of rows must not wait for them */
  workerThreadsMax: 16,
  /** damages kept for one backup; the count goes on */
  damagesKeptMax: 1000,
  /** operations of transactions that wait in the logs for their commit; a server prepares a handful at a time */
  preparedBytesMax: 256 * 1024 * 1024,
  /** column families that one walk over commits counts; engines slow down far below this */
  walkedFamiliesMax: 100_000,
  /** index of one segment: a segment of 16 MiB has at most half of that in commits */
  segmentIndexBytesMax: 256 * 1024 * 1024,
  /** gaps of one timeline: each is some 150 bytes */
  gapsFileBytesMax: 16 * 1024 * 1024,
  /** commits of one answer about the archive */
  archivedCommitsShownMax: 100_000,
  /** findings of one kind that are kept, the largest ones; the count goes on */
  findingsKeptMax: 1000,
  /** one read of the hashing and copying loops: stays in the second-level cache */
  readChunkBytes: 1024 * 1024,
  /** a large file is hashed by several workers in ranges of this size */
  hashRangeBytes: 64 * 1024 * 1024,
  /** one argument of a RESP command, as Redis clients may send it */
  respBulkBytesMax: 64 * 1024 * 1024,
  /** arguments of one RESP command */
  respArgumentsMax: 1024 * 1024,
  /** one RESP command in memory, its arguments and what each of them takes besides its bytes */
  respCommandBytesMax: 192 * 1024 * 1024,
  /** one RESP command written as a line, as in Redis */
  respInlineBytesMax: 64 * 1024,
  /** commands that are not complete, and those that wait, over all connections of a server */
  respInputBytesMax: 512 * 1024 * 1024,
  /** bytes that one client has not read */
  respUnsentBytesMax: 64 * 1024 * 1024,
  /** one reply of a server: a list of 100,000 backups is a third of it */
  serverReplyBytesMax: 16 * 1024 * 1024,
  /** elements of one array of a reply */
  serverReplyElementsMax: 100_000,
  /** values of a whole reply in memory */
  serverReplyNodesMax: 1_000_000,
  /** arrays within arrays; real replies have four */
  serverReplyDepthMax: 16,
  /** one command to a server: must travel in one segment, for servers that lose a command cut in two */
  serverCommandBytesMax: 1200,
  /** bytes sent over one connection: some servers corrupt the command that straddles byte 4096 */
  serverConnectionSentBytesMax: 3500,
  /** text of a reply as it is shown */
  serverReplyTextCharactersMax: 64 * 1024,
  /** backups of one answer about a server; more are counted, not shown */
  serverBackupsShownMax: 10_000,
  /** backups of a server's list that the catalogue keeps, the newest */
  serverBackupsKeptMax: 1000,
  /** fields of one listed backup that are shown besides the known ones, and characters of each */
  serverFieldsShownMax: 32,
  serverFieldCharactersMax: 1024,
  /** problems and text of a reply in the result of a verification by a server */
  serverProblemsShownMax: 100,
  serverVerifyReplyCharactersMax: 8192,
  /** one line of the demo's sandbox: they have a hundred bytes */
  demoLineCharactersMax: 64 * 1024,
  /** the end of what the demo's sandbox logged, for error messages */
  demoLogCharactersMax: 64 * 1024,
  /** text of one query of the sandbox; data comes as parameters inside it */
  queryCharactersMax: 4 * 1024 * 1024,
  /** brackets and CASE inside one another in a query; people write five */
  queryNestingMax: 100,
  /** clauses of one query, and nodes and edges of its patterns: each is a running generator above the one before it */
  queryClausesMax: 200,
  patternStepsMax: 200,
  /** relationships in one path of variable length */
  pathLengthMax: 1000,
  /** values inside one list or map of a query, nested ones counted */
  queryValuesMax: 2_000_000,
  /** characters of one text that a query builds */
  queryTextCharactersMax: 16 * 1024 * 1024,
  /** cells of a query's answer, nested ones counted */
  queryCellsMax: 4_000_000,
  /** a sealed document of a repository: an incremental backup has 250 bytes for each of its segments */
  repositoryFileBytesMax: 16 * 1024 * 1024,
  /** who writes into a repository: one short line */
  lockFileBytesMax: 4096,
} as const
