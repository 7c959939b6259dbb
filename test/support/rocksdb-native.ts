import { createRequire } from 'node:module'
import type { TestContext } from 'vitest'
import { onTestFinished } from 'vitest'

/** Options of one column family; the package has more. */
export type NativeFamilyOptions = {
  readonly enableBlobFiles?: boolean
  readonly minBlobSize?: number
  readonly blobFileSize?: number
  readonly blobGarbageCollectionAgeCutOff?: number
  readonly tableFormatVersion?: number
  readonly tableBlockSize?: number
  /** a flush happens by itself when so many bytes wait */
  readonly writeBufferSize?: number
}

export type NativeOptions = {
  readonly defaultFamily?: NativeFamilyOptions
  readonly families?: Readonly<Record<string, NativeFamilyOptions>>
  /** logs that are no longer needed are kept in archive/ for so long; 0: they are removed */
  readonly walTtlSeconds?: number
}

/** Collects operations that are written as one batch. */
export interface NativeBatch {
  tryPut(key: Uint8Array, value: Uint8Array): void
  tryDelete(key: Uint8Array): void
  tryDeleteRange(start: Uint8Array, end: Uint8Array): void
  flush(): Promise<void>
  destroy(): void
}

/** A column family of an open database, which is the default one for the database itself. */
export interface NativeFamily {
  put(key: Uint8Array, value: Uint8Array): Promise<void>
  delete(key: Uint8Array): Promise<void>
  deleteRange(start: Uint8Array, end: Uint8Array): Promise<void>
  write(): NativeBatch
  /** Writes what is in memory to tables. */
  flush(): Promise<void>
  compact(options?: {
    readonly blobGarbageCollectionPolicy?: number
    readonly bottommostLevelCompaction?: number
  }): Promise<void>
  /** All rows in key order. */
  iterator(): AsyncIterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>
  getProperty(name: string): Promise<string | null>
}

interface NativeRoot extends NativeFamily {
  ready(): Promise<void>
  columnFamily(name: string): NativeFamily
  close(options?: { readonly force: boolean }): Promise<void>
}

type NativePackage = {
  new (path: string, options: object): NativeRoot
  readonly ColumnFamily: new (name: string, options: NativeFamilyOptions) => object
}

export type NativeDatabase = {
  /** by name, "default" included */
  readonly family: (name: string) => NativeFamily
  /** Closes without a flush: what is in memory stays in the log. */
  readonly close: () => Promise<void>
}

// a CommonJS package without types, and loading it must be able to fail
const require = createRequire(import.meta.url)

let loaded: { readonly native: NativePackage } | { readonly reason: string } | null = null

function load(): { readonly native: NativePackage } | { readonly reason: string } {
  if (loaded !== null) return loaded
  try {
    loaded = { native: require('rocksdb-native') }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    loaded = { reason: `did not run: the package rocksdb-native cannot be loaded here: ${reason}` }
  }
  return loaded
}

/** Ends the running test as skipped, with the reason, where the library cannot be loaded (it needs libatomic.so.1). */
export function skipWithoutRocksdbNative(context: Pick<TestContext, 'skip'>): void {
  const library = load()
  if ('reason' in library) context.skip(library.reason)
}

/**
 * Opens, and creates where it is not there, a database of the newer RocksDB that the package rocksdb-native carries. It is
 * closed when the running test ends.
 */
export async function openNativeDatabase(path: string, options: NativeOptions = {}): Promise<NativeDatabase> {
  const library = load()
  if ('reason' in library) throw new Error(library.reason)
  const { native } = library
  const columnFamilies = Object.entries(options.families ?? {}).map(([name, own]) => new native.ColumnFamily(name, own))
  const root = new native(path, {
    ...options.defaultFamily,
    columnFamilies,
    avoidFlushDuringShutdown: true,
    walTtlSeconds: options.walTtlSeconds ?? 0,
  })
  const sessions = new Map<string, NativeFamily>([['default', root]])
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= root.close({ force: true })
    return closing
  }
  onTestFinished(close)
  await root.ready()
  const family = (name: string) => {
    const session = sessions.get(name) ?? root.columnFamily(name)
    sessions.set(name, session)
    return session
  }
  return { family, close }
}

/** Rows as the library's own iterator gives them, as upper-case hex. */
export async function rowsOfNative(family: NativeFamily): Promise<[key: string, value: string][]> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
  const rows: [string, string][] = []
  for await (const { key, value } of family.iterator()) rows.push([hex(key), hex(value)])
  return rows
}
