import { memorySource } from '#base/memory-source.ts'
import { parseBackupMeta } from '../../../../src-main/rocksdb/backup-meta.ts'
import { decodeBlobIndex } from '../../../../src-main/rocksdb/blob-index.ts'
import { parseCurrent } from '../../../../src-main/rocksdb/manifest/current-file.ts'
import { parseDatabaseOptions } from '../../../../src-main/rocksdb/options/database-options.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { valueType } from '../../../../src-main/rocksdb/value-type.ts'
import { loadWal } from '../../../../src-main/rocksdb/wal/load-wal.ts'
import { decodeWideColumns } from '../../../../src-main/rocksdb/wide-columns.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { fixtureInputs, logNumberOf, onlyFile, pieceInputs } from './fixture-inputs.ts'

const OUTSIDE = /^\/|\\|\0|(^|\/)\.\.?(\/|$)/
const NOTHING: Answer = { items: [], damages: [] }

export function readMeta(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const meta = parseBackupMeta(bytes, Number(name.at(-1)), name)
  for (const { path, databaseName } of meta.files) {
    if (OUTSIDE.test(path) || /[/\\\0]/.test(databaseName)) throw new Error(`a path outside: ${JSON.stringify(path)}`)
  }
  return NOTHING
}

export function readCurrent(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const manifest = parseCurrent(bytes, name)
  if (!/^MANIFEST-[0-9]+$/.test(manifest)) throw new Error(`not the name of a MANIFEST: ${JSON.stringify(manifest)}`)
  return NOTHING
}

export function readOptions(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const { families } = parseDatabaseOptions(bytes, name)
  if (families[0]?.name !== 'default') throw new Error('the first family is not the default one')
  return NOTHING
}

export function readBlobIndex(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const reference = decodeBlobIndex(bytes, { file: name, structure: 'blob index', offsetBytes: 0 })
  const numbers = reference.kind === 'blob' ? [reference.fileNumber, reference.offsetBytes, reference.sizeBytes] : []
  if (numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) throw new Error(`numbers: ${numbers}`)
  return NOTHING
}

export function readWideColumns(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const columns = decodeWideColumns(bytes, { file: name, structure: 'entity', offsetBytes: 0 })
  const usedBytes = columns.reduce((sum, column) => sum + column.name.length + column.value.length, 0)
  if (usedBytes > bytes.length) throw new Error(`${usedBytes} bytes of names and values in ${bytes.length}`)
  return NOTHING
}

/** All values of one type in the fixtures' tables and logs. */
function valuesOf(name: string, type: number): Input[] {
  const values: Uint8Array[] = []
  for (const { files } of fixtureInputs(/^sst\/v11_(wide|embedded).*\.sst$|^backup_v2_api\/.*\.sst$/)) {
    const [file, bytes] = onlyFile(files)
    const iterator = openTable(memorySource(file, bytes)).iterator()
    for (iterator.seekToFirst(); iterator.valid; iterator.next()) {
      if (iterator.type === type) values.push(iterator.value.slice())
    }
  }
  const [file, bytes] = onlyFile(fixtureInputs(/^wal\/all_tags\.log$/)[0]!.files)
  const wal = loadWal([{ logNumber: logNumberOf(file), open: () => memorySource(file, bytes) }], {
    flushedSequence: 0,
    trackedLogs: [],
    logNumberOf: () => 0,
    maxBytes: 2 ** 20,
  })
  for (const run of wal.runs.values()) {
    const cursor = run.iterator()
    for (cursor.seekToFirst(); cursor.valid; cursor.next()) {
      if (cursor.type === type) values.push(new Uint8Array(cursor.value))
    }
  }
  wal.close()
  return pieceInputs(name, values)
}

export function blobIndexInputs(): Input[] {
  return valuesOf('blob index', valueType.blobIndex)
}

export function wideColumnInputs(): Input[] {
  return valuesOf('entity', valueType.wideColumnEntity)
}
