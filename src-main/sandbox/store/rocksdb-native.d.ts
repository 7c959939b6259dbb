/** What the store uses of the package, which brings no types; read from its lib/ at version 3.18.1. */
declare module 'rocksdb-native' {
  export type ColumnFamilyOptions = {
    /** a flush happens by itself when so many bytes wait */
    readonly writeBufferSize?: number
  }

  export type DatabaseOptions = ColumnFamilyOptions & {
    readonly columnFamilies: readonly ColumnFamily[]
    readonly avoidFlushDuringShutdown: boolean
    /** above 0, logs that are not needed any more go to archive/ and stay for that long */
    readonly walTtlSeconds: number
    readonly walSizeLimitMegabytes: number
  }

  class ColumnFamily {
    constructor(name: string, options: ColumnFamilyOptions)
    readonly name: string
    /** the native side's own handle, which operations carry */
    readonly _handle: unknown
  }

  export type WriteOperation = { readonly columnFamily: unknown }

  /** Operations that are written as one record of the log. */
  export interface WriteBatch {
    readonly _operations: readonly WriteOperation[]
    tryPut(key: Uint8Array, value: Uint8Array): void
    tryDelete(key: Uint8Array): void
    tryDeleteRange(start: Uint8Array, end: Uint8Array): void
    /** Resolves when the log has the record, as far as the operating system is concerned. */
    flush(): Promise<void>
    destroy(): void
  }

  export type StoredEntry = { readonly key: Uint8Array; readonly value: Uint8Array }

  class RocksDB {
    constructor(path: string, options: DatabaseOptions)
    static readonly ColumnFamily: typeof ColumnFamily
    /** of this session; operations added to its batches go there */
    _columnFamily: ColumnFamily
    readonly defaultColumnFamily: ColumnFamily
    ready(): Promise<void>
    session(): RocksDB
    columnFamily(name: string): RocksDB
    snapshot(): RocksDB
    write(options: { readonly capacity: number; readonly autoDestroy: boolean }): WriteBatch
    get(key: Uint8Array): Promise<Uint8Array | null>
    flush(): Promise<void>
    iterator(range: object, options: { readonly capacity: number }): AsyncIterable<StoredEntry>
    getProperty(name: string): Promise<string | null>
    close(options?: { readonly force: boolean }): Promise<void>
  }

  export default RocksDB
}
