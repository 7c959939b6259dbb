import { lstatSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { fileError } from '#base/file-error.ts'
import { CaptureAttempt } from './capture-attempt.ts'
import type { CaptureOptions } from './capture-options.ts'
import { HeldTables } from './held-tables.ts'
import type { LiveFiles } from './live-files.ts'
import { RestartError, tooBusy } from './restart.ts'

const ATTEMPTS_MAX = 50
/** the same finding so many times in a row is no race any more: it is how the files are */
const SAME_FINDINGS_MAX = 5
const PAUSE_MS_MAX = 200

/**
 * Holds one consistent state of a database open, whether or not another process writes to it: a hot copy without
 * cooperation (docs/formats/rocksdb.md §8.2). Nothing in the directory is changed, no lock is taken or opened, links are
 * not followed. When the database moves on in between, it begins anew. Whoever captured it releases it.
 * @param databaseDirectory the one that holds CURRENT
 * @throws AppError SOURCE_CHANGED when it is too busy, BAD_REQUEST for what a copy cannot hold, INSTANT_NOT_COVERED,
 * LIMIT_EXCEEDED (open files), DAMAGED, PATH_NOT_FOUND, ACCESS_DENIED; DamageError when files are damaged or missing
 */
export function captureLiveFiles(databaseDirectory: string, options: CaptureOptions = {}): LiveFiles {
  const root = rootOf(databaseDirectory)
  const tables = new HeldTables(root)
  const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX
  let last: RestartError | null = null
  let sameCount = 0
  try {
    for (let restartCount = 0; restartCount < attemptsMax; restartCount += 1) {
      options.checkpoint?.()
      try {
        return new CaptureAttempt(root, tables, options).run(restartCount)
      } catch (cause) {
        if (!(cause instanceof RestartError)) throw cause
        sameCount = cause.message === last?.message ? sameCount + 1 : 1
        last = cause
      }
      if (sameCount >= SAME_FINDINGS_MAX) throw last.whenItStays
      pause(restartCount)
    }
    throw tooBusy(last?.message ?? '', attemptsMax)
  } catch (cause) {
    tables.close()
    throw cause
  }
}

function rootOf(path: string): string {
  let hasCurrent: boolean
  let root: string
  try {
    root = realpathSync(resolve(path))
    hasCurrent = lstatSync(join(root, 'CURRENT'), { throwIfNoEntry: false }) !== undefined
  } catch (cause) {
    throw fileError(cause, path)
  }
  if (hasCurrent) return root
  throw new AppError('NOT_A_DATABASE_DIRECTORY', {
    message: 'not the directory of a database',
    subject: path,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose the one that holds CURRENT and a MANIFEST.',
  })
}

/** The first restart costs nothing; later ones let the database come to rest. */
function pause(restartCount: number): void {
  const pauseMs = restartCount === 0 ? 0 : Math.min(PAUSE_MS_MAX, 5 * 2 ** restartCount)
  if (pauseMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
}
