import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { limits } from '#base/limits.ts'
import type { BackupMeta } from '../backup-meta.ts'
import { formatFileNumber, parseDatabaseFileName } from '../database-file-name.ts'
import { parseCurrent } from '../manifest/current-file.ts'
import { failAt } from '../place.ts'
import type { WalFile } from '../wal/wal-file.ts'
import type { FileSet } from './file-set.ts'

/** Opens a file by what it is called where it lives. */
export type OpenByName = (name: string) => ByteSource

/** A plain database directory: `names` is its listing, `open` opens one of them. */
export function directoryFileSet(names: readonly string[], open: OpenByName): FileSet {
  return fileSet(new Map(names.map((name) => [name, name])), open)
}

/** One backup of a BackupEngine directory: `open` takes paths relative to it. Excluded files are not in the set. */
export function backupFileSet(meta: BackupMeta, open: OpenByName): FileSet {
  const present = meta.files.filter((file) => !file.excluded)
  return fileSet(new Map(present.map((file) => [file.databaseName, file.path])), open)
}

/** @param places database file name to where it lives */
function fileSet(places: ReadonlyMap<string, string>, open: OpenByName): FileSet {
  const tables = new Map<number, string>()
  const blobs = new Map<number, string>()
  const walFiles: WalFile[] = []
  let options: { fileNumber: number; place: string } | null = null
  for (const [databaseName, place] of places) {
    const name = parseDatabaseFileName(databaseName)
    if (name === null || name.fileNumber === null) continue
    if (name.kind === 'table') tables.set(name.fileNumber, place)
    if (name.kind === 'options' && name.fileNumber >= (options?.fileNumber ?? 0)) {
      options = { fileNumber: name.fileNumber, place }
    }
    if (name.kind === 'blob') blobs.set(name.fileNumber, place)
    if (name.kind === 'log') walFiles.push({ logNumber: name.fileNumber, open: () => open(place) })
  }
  return {
    openManifest: () => openManifest(places, open),
    openTable: (fileNumber) => open(tables.get(fileNumber) ?? missing(`${formatFileNumber(fileNumber)}.sst`)),
    openBlob: (fileNumber) => open(blobs.get(fileNumber) ?? missing(`${formatFileNumber(fileNumber)}.blob`)),
    openOptions: () => (options === null ? null : open(options.place)),
    walFiles,
  }
}

function openManifest(places: ReadonlyMap<string, string>, open: OpenByName): ByteSource {
  const current = open(places.get('CURRENT') ?? missing('CURRENT'))
  const bytes = new Uint8Array(limits.currentFileBytesMax + 1)
  let name: string
  try {
    const readBytes = current.readInto(bytes, 0)
    name = parseCurrent(bytes.subarray(0, readBytes), current.name)
  } finally {
    current.close()
  }
  const place = places.get(name)
  if (place !== undefined) return open(place)
  const currentPlace = { file: current.name, structure: 'CURRENT', offsetBytes: 0 }
  return failAt(currentPlace, 'names a MANIFEST that is not there', null, name)
}

function missing(name: string): never {
  throw new AppError('PATH_NOT_FOUND', {
    message: 'the file is not in this set',
    subject: name,
    nextStep: 'Copy the missing file back, or choose another backup.',
  })
}
