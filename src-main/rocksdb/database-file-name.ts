/** What kind of file a name in a database directory means (RocksDB: file/filename.cc; docs/formats/rocksdb.md §1). */
export type DatabaseFileKind = 'current' | 'manifest' | 'options' | 'table' | 'blob' | 'log'

export type DatabaseFileName = {
  readonly kind: DatabaseFileKind
  /** null for CURRENT */
  readonly fileNumber: number | null
}

const NUMBERED = /^([0-9]{1,20})\.(sst|ldb|blob|log)$/
const PREFIXED = /^(MANIFEST|OPTIONS)-([0-9]{1,20})$/

/** Null for a name that no restored database holds, or whose number is not a safe integer. */
export function parseDatabaseFileName(name: string): DatabaseFileName | null {
  if (name === 'CURRENT') return { kind: 'current', fileNumber: null }
  const prefixed = PREFIXED.exec(name)
  if (prefixed !== null) return numbered(prefixed[1] === 'MANIFEST' ? 'manifest' : 'options', prefixed[2])
  const [, digits, extension] = NUMBERED.exec(name) ?? []
  if (extension === 'log') return numbered('log', digits)
  if (extension === 'blob') return numbered('blob', digits)
  return extension === undefined ? null : numbered('table', digits)
}

/** Six digits at least, more when needed. */
export function formatFileNumber(fileNumber: number): string {
  return fileNumber.toString().padStart(6, '0')
}

function numbered(kind: DatabaseFileKind, digits: string | undefined): DatabaseFileName | null {
  const fileNumber = Number(digits)
  return Number.isSafeInteger(fileNumber) ? { kind, fileNumber } : null
}
