import { AppError } from '#base/app-error.ts'
import { COMMIT_MARKER_KEY, commitTimeAt } from '../../rocksdb/commits/commit-marker.ts'
import { formatFileNumber } from '../../rocksdb/database-file-name.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import type { FileSet } from '../../rocksdb/view/file-set.ts'
import { View } from '../../rocksdb/view/view.ts'
import { loadWal } from '../../rocksdb/wal/load-wal.ts'
import { descriptorSource } from './held-file.ts'
import type { LiveFile } from './live-files.ts'

const TIME_BYTES = 8

/**
 * The time of the last commit that tables remember: a marker Put survives in them (docs/formats/commit-time.md). Null
 * where there is none; what cannot be read is left to the verification.
 */
export function lastCommitTimeInTables(
  manifest: ManifestState,
  files: { tables: readonly LiveFile[]; blobs: readonly LiveFile[] },
): number | null {
  const wal = loadWal([], { logNumberOf: () => null, flushedSequence: 0, trackedLogs: [], maxBytes: 0 })
  const view = new View(heldFileSet(files), manifest, wal, {})
  try {
    const times = manifest.columnFamilies.map((family) => timeIn(view, family.id))
    return times.reduce((latest, time) => (time === null || (latest ?? 0) > time ? latest : time), null)
  } finally {
    view.close()
  }
}

function timeIn(view: View, columnFamilyId: number): number | null {
  try {
    const { row } = view.get({ columnFamilyId, key: COMMIT_MARKER_KEY, maxValueBytes: TIME_BYTES + 1 })
    if (row === null || row.content.kind !== 'value') return null
    const { bytes } = row.content.value
    return commitTimeAt(bytes, 0, bytes.length)
  } catch (error) {
    // a family in an order that is not known here
    if (error instanceof AppError && error.code === 'BAD_REQUEST') return null
    throw error
  }
}

function heldFileSet({ tables, blobs }: { tables: readonly LiveFile[]; blobs: readonly LiveFile[] }): FileSet {
  const files = new Map([...tables, ...blobs].map((file) => [file.name, file]))
  const open = (name: string) => {
    const file = files.get(name)
    if (file === undefined)
      throw new AppError('PATH_NOT_FOUND', { message: 'the file is not in this set', subject: name })
    return descriptorSource(file)
  }
  return {
    openManifest: () => open('MANIFEST'),
    openTable: (fileNumber) => open(`${formatFileNumber(fileNumber)}.sst`),
    openBlob: (fileNumber) => open(`${formatFileNumber(fileNumber)}.blob`),
    openOptions: () => null,
    walFiles: [],
  }
}
