import { basename } from 'node:path'
import { openLocalFile } from '../../../src-main/base/local-file.ts'
import { parseDatabaseFileName } from '../../../src-main/rocksdb/database-file-name.ts'
import { filesIn } from './files-in.ts'
import { countOperations, firstRows, withView } from './view-adapter.ts'
import type { Work } from './work.ts'

/** Walks one write-ahead log to its end. */
export function walkOneLog(path: string): Work {
  const source = openLocalFile(path, basename(path))
  const entries = countOperations(source, parseDatabaseFileName(source.name)?.fileNumber ?? 0)
  source.close()
  return { bytes: source.sizeBytes, readBytes: source.sizeBytes, entries }
}

/** Opens a database with its logs in memory and reads one row. Its work is the logs. */
export function openToFirstRow(directory: string): Work {
  const entries = withView(directory, (view) => {
    if (firstRows(view, 1).length === 0 || view.damages.length > 0) throw new Error('the view is not whole')
    return view.lastSequence
  })
  const bytes = filesIn(directory, '.log').reduce((sum, file) => sum + file.sizeBytes, 0)
  return { bytes, readBytes: bytes, entries }
}
