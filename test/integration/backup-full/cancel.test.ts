// Goal: a cancelled backup leaves nothing. Method: stopped at every call to the disk in turn, and while it reads logs.
import { expect, test } from 'vitest'
import { ControlSwitch, StoppedError } from '#base/abort.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { watchedLayer } from '../../support/faulty-layer.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { filesBelow, newRepository, openFileCount, take, unsyncedLayer, verified } from './support.ts'

/** Counts calls, and stops at one of them. */
function stoppingAt(at: number) {
  let count = 0
  const control = new ControlSwitch()
  const call = () => {
    count += 1
    if (count === at) control.stop()
  }
  return { control, layer: { ...watchedLayer(call), sync: call }, count: () => count }
}

test.each([false, true])('stopped at any call it leaves nothing (older backup: %s)', async (hasOlder) => {
  const database = copyFixture('db_two_cf_crashed')
  const fresh = () => {
    const repository = newRepository()
    if (hasOlder) take(database, repository, 1, { layer: unsyncedLayer })
    return repository
  }
  const probe = stoppingAt(0)
  take(database, fresh(), 2, probe)
  let stoppedCount = 0
  const descriptors = openFileCount()
  for (let at = 1; at <= probe.count(); at += 1) {
    const repository = fresh()
    const before = filesBelow(repository)
    try {
      take(database, repository, 2, stoppingAt(at))
    } catch (error) {
      expect(error).toBeInstanceOf(StoppedError)
      stoppedCount += 1
      expect(filesBelow(repository), `call ${at}`).toEqual(before)
      continue
    }
    // too late to stop: then it is there, and whole
    expect(new BackupDirectory(repository).backupIds()).toContain(2)
    expect((await verified(repository)).problems, `call ${at}`).toEqual([])
  }
  expect(stoppedCount).toBeGreaterThan(10)
  expect(openFileCount()).toBe(descriptors)
})

test('stopped while it captures it writes nothing', () => {
  const database = copyFixture('db_two_cf_crashed')
  const repository = newRepository()
  const control = new ControlSwitch()
  const onStep = (step: string) => {
    if (step === '6 read logs') control.stop()
  }
  const descriptors = openFileCount()
  expect(() => take(database, repository, 1, { control }, { onStep })).toThrow(StoppedError)
  expect(filesBelow(repository)).toEqual([])
  expect(openFileCount()).toBe(descriptors)
})
