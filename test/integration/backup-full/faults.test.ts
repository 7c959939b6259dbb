// Goal: whatever call to the disk fails, what is published is whole, and the next run succeeds and leaves no garbage.
// Method: a backup of a real database into a repository that has one; its calls are counted, then each one fails in turn:
// once with EIO, once with ENOSPC, once with everything after it, as in a process that dies.
import { expect, test } from 'vitest'
import type { FileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { filesBelow, filesNamed, newRepository, openFileCount, take, unsyncedLayer, verified } from './support.ts'

type Failure = { readonly name: string; readonly code: string; readonly goesOn: boolean; readonly error: string }

const failures: Failure[] = [
  { name: 'EIO', code: 'EIO', goesOn: false, error: 'IO_FAILED' },
  { name: 'ENOSPC', code: 'ENOSPC', goesOn: false, error: 'DISK_FULL' },
  { name: 'the end of the process', code: 'EIO', goesOn: true, error: 'IO_FAILED' },
]

/** A layer whose call number `at`, counted from 1 over all kinds, fails. Calls that would fail anyway count as well. */
function failingAt(at: number, { code, goesOn }: Failure): { layer: FileLayer; count: () => number } {
  let count = 0
  const call = () => {
    count += 1
    if (count === at || (goesOn && at > 0 && count > at)) throw systemError(code)
  }
  return { layer: { ...watchedLayer(call), sync: call }, count: () => count }
}

/** A repository that has a backup of the database, whose tables the next one shares. */
function repositoryWithOne(database: string): string {
  const repository = newRepository()
  take(database, repository, 1, { layer: unsyncedLayer })
  return repository
}

test.each(failures)(
  'a call that fails with $name leaves nothing but whole backups',
  { timeout: 120_000 },
  async (failure) => {
    const database = copyFixture('db_two_cf_crashed')
    const probe = failingAt(0, failure)
    // an empty repository: every table is copied
    take(database, newRepository(), 1, { layer: probe.layer })
    const callCount = probe.count()
    expect(callCount).toBeGreaterThan(40)
    const descriptors = openFileCount()
    for (let at = 1; at <= callCount; at += 1) {
      const repository = newRepository()
      const { layer } = failingAt(at, failure)
      let thrown: unknown = null
      try {
        take(database, repository, 1, { layer })
      } catch (error) {
        thrown = error
      }
      expect(thrown, `call ${at}`).toMatchObject({ code: failure.error })
      const isWhole = await verified(repository).catch(() => ({ backupIds: [], problems: [] }))
      expect(isWhole.problems, `call ${at}`).toEqual([])
      // a failure that passes: everything is taken back at once, but for what the failure itself was about
      if (!failure.goesOn) expect(isWhole.backupIds, `call ${at}`).toEqual([])

      take(database, repository, 2, { layer: unsyncedLayer })
      const ids = new BackupDirectory(repository).backupIds()
      expect(await verified(repository), `call ${at}`).toEqual({ backupIds: ids, problems: [] })
      expect(ids.at(-1)).toBe(2)
      expect(filesBelow(repository), `call ${at}`).toEqual(filesNamed(repository))
    }
    // what a failing close keeps is the fault's, one for each time
    expect(openFileCount() - descriptors).toBeLessThan(2 * callCount)
  },
)

test.each(failures)(
  'with $name an older backup stays whole and its files are not touched',
  { timeout: 120_000 },
  async (failure) => {
    const database = copyFixture('db_two_cf_crashed')
    const probe = failingAt(0, failure)
    take(database, repositoryWithOne(database), 2, { layer: probe.layer })
    for (let at = 1; at <= probe.count(); at += 1) {
      const repository = repositoryWithOne(database)
      const before = filesBelow(repository)
      expect(() => take(database, repository, 2, failingAt(at, failure))).toThrow()
      const { backupIds, problems } = await verified(repository)
      expect(problems, `call ${at}`).toEqual([])
      expect(backupIds, `call ${at}`).toContain(1)
      if (!failure.goesOn && !backupIds.includes(2)) {
        const left = filesBelow(repository).filter((path) => !before.includes(path))
        // the file that could not be removed is one
        expect(left.length, `call ${at}: ${left.join(' ')}`).toBeLessThan(2)
      }
      take(database, repository, 3, { layer: unsyncedLayer })
      expect(filesBelow(repository), `call ${at}`).toEqual(filesNamed(repository))
      expect((await verified(repository)).problems, `call ${at}`).toEqual([])
    }
  },
)
