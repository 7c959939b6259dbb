import type { BackupFile } from '#contract'
import { keyRangeText } from '../../base/key-text.ts'
import type { Column } from '../../ui/table-column.ts'

const everyColumn: readonly Column<BackupFile>[] = [
  { id: 'name', title: 'File', width: 11, isMono: true, valueOf: (file) => file.databaseName },
  { id: 'role', title: 'Role', width: 6.5, grow: 0, valueOf: (file) => file.role },
  { id: 'family', title: 'Column family', width: 8, valueOf: (file) => file.columnFamilyName },
  { id: 'level', title: 'Level', width: 4.5, grow: 0, align: 'right', valueOf: (file) => file.level },
  { id: 'size', title: 'Size', width: 6.5, grow: 0, align: 'right', valueOf: (file) => file.sizeBytes },
  { id: 'entries', title: 'Entries', width: 6.5, grow: 0, align: 'right', valueOf: (file) => file.entryCount },
  { id: 'deletions', title: 'Deletions', width: 6.5, grow: 0, align: 'right', valueOf: deletionsOf },
  { id: 'keys', title: 'Keys', width: 16, grow: 3, isMono: true, valueOf: keyRangeOf },
  { id: 'compression', title: 'Compression', width: 8, grow: 0, valueOf: (file) => file.compression },
  { id: 'checksum', title: 'CRC32C of file', width: 9, grow: 0, isMono: true, valueOf: checksumOf },
  { id: 'block', title: 'Block checksum', width: 9.5, grow: 0, valueOf: (file) => file.blockChecksum },
  { id: 'shared', title: 'Shared with', width: 8, valueOf: (file) => file.sharedWithCount },
]

const problemColumn: Column<BackupFile> = {
  id: 'problem',
  title: 'Problem',
  width: 14,
  valueOf: (file) => file.problem ?? (file.excluded ? 'excluded' : null),
}

/** The columns for some files. What is wrong stands beside the name, where there is anything wrong. */
export function fileColumns(files: readonly BackupFile[]): readonly Column<BackupFile>[] {
  const hasProblem = files.some((file) => file.problem !== null || file.excluded)
  return hasProblem ? everyColumn.toSpliced(1, 0, problemColumn) : everyColumn
}

export function keyRangeOf(file: BackupFile): string | null {
  if (file.smallestKey === null || file.largestKey === null) return null
  return keyRangeText(file.smallestKey, file.largestKey)
}

export function checksumOf(file: BackupFile): string | null {
  return file.crc32c === null ? null : file.crc32c.toString(16).padStart(8, '0')
}

export function sharedText(file: BackupFile): string {
  if (file.sharedWithCount === 0) return ''
  const shown = file.sharedWith.slice(0, 4).join(', ')
  return file.sharedWithCount > 4 ? `${shown} and ${file.sharedWithCount - 4} more` : shown
}

export type FileFilter = {
  readonly text: string
  readonly family: string
  readonly level: string
  readonly onlyProblems: boolean
}

/** Whether a file is one that the filter asks for; empty fields ask for nothing. */
export function isShown(file: BackupFile, filter: FileFilter): boolean {
  if (filter.family !== '' && file.columnFamilyName !== filter.family) return false
  if (filter.level !== '' && String(file.level) !== filter.level) return false
  if (filter.onlyProblems && file.problem === null) return false
  const text = filter.text.trim().toLowerCase()
  return (
    text === '' ||
    [file.path, file.databaseName, file.role, keyRangeOf(file) ?? ''].some((part) => part.toLowerCase().includes(text))
  )
}

function deletionsOf(file: BackupFile): number | null {
  return file.deletionCount === null ? null : file.deletionCount + (file.rangeDeletionCount ?? 0)
}
