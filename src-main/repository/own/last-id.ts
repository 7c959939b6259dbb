import { AppError } from '#base/app-error.ts'
import { BackupDirectory } from '../backup-directory.ts'
import { BodyReader } from './format/body-reader.ts'
import { highestIdSeen } from './list/backup-ids.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import type { RepositoryWriter } from './writer.ts'

const LAST_ID_FILE = 'last-id.json'
/** RocksDB's BackupID is 32 bits wide (rocksdb: include/rocksdb/utilities/backup_engine.h) */
const ID_MAX = 0xffff_ffff

/**
 * An id that no backup ever had, noted on the disk before it is used: above everything that can be seen, and above what
 * was given before.
 * @throws DamageError when it is not known what was given before; AppError LIMIT_EXCEEDED, IO_FAILED
 */
export function takeNextId(writer: RepositoryWriter): number {
  const directory = new BackupDirectory(writer.root)
  const given = readSealedFile(directory, LAST_ID_FILE, (body) => new BodyReader(LAST_ID_FILE, body).count('lastId'))
  const id = Math.max(given ?? 0, highestIdSeen(directory)) + 1
  if (id > ID_MAX) {
    throw new AppError('LIMIT_EXCEEDED', {
      message: `the next id would be ${id}; a backup's id has 32 bits`,
      subject: writer.root,
      unharmed: 'Nothing was changed.',
      nextStep: 'Look for a file with a large number in meta/, private/ or increments/ that nobody needs.',
    })
  }
  writeSealedFile(writer, LAST_ID_FILE, { lastId: id })
  return id
}
