import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { asBuffer, toHex } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { parseMetaPath } from './meta-path.ts'

const APP_METADATA_BYTES_MAX = 1024 * 1024
const CRC_MAX = 0xffffffff

/** A file of a backup that is to be published. */
export type NewMetaFile = {
  /** relative to the backup directory */
  readonly path: string
  /** plain CRC-32C of the whole file */
  readonly crc32c: number
  readonly sizeBytes: number
}

/** What a new backup's meta file says. */
export type NewBackupMeta = {
  readonly backupId: number
  /** unix seconds */
  readonly createdAtS: number
  readonly sequence: number
  readonly appMetadata: Uint8Array | null
  readonly files: readonly NewMetaFile[]
}

/**
 * The meta file of a backup: schema 2.0 with checksum and size of every file (docs/formats/rocksdb.md §7.3). Engines from
 * 6.19 on read it; what they do not know they pass over.
 * @throws AppError LIMIT_EXCEEDED when no reader would take it any more
 */
export function encodeBackupMeta(meta: NewBackupMeta): Uint8Array {
  const { appMetadata, files } = meta
  assert(appMetadata === null || appMetadata.length <= APP_METADATA_BYTES_MAX, 'application metadata has at most 1 MiB')
  const head = [
    'schema_version 2.0',
    decimal(meta.createdAtS),
    decimal(meta.sequence),
    ...(appMetadata === null ? [] : [`metadata ${toHex(appMetadata).toUpperCase()}`]),
    decimal(files.length),
  ]
  const lines = files.map((file) => fileLine(file, meta.backupId))
  const bytes = asBuffer(Buffer.from([...head, ...lines, ''].join('\n'), 'latin1'))
  if (bytes.length <= limits.metaFileBytesMax) return bytes
  throw new AppError('LIMIT_EXCEEDED', {
    message: `a backup of ${files.length} files needs a meta file that is larger than any that is read`,
    nextStep: 'Let the database compact into fewer, larger files (target_file_size_base), then try again.',
  })
}

function fileLine({ path, crc32c, sizeBytes }: NewMetaFile, backupId: number): string {
  const parsed = parseMetaPath(path, backupId)
  assert(typeof parsed !== 'string', `a path of a backup: ${path}`)
  assert(crc32c <= CRC_MAX, 'a checksum has 32 bits')
  return `${path} crc32 ${decimal(crc32c)} size ${decimal(sizeBytes)}`
}

function decimal(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'a number of a meta file is a safe integer')
  return String(value)
}
