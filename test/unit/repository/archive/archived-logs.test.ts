// Goal: a state of a backup goes on from the archive of its own timeline. Method: a real backup directory with written archives
// and metadata.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archivedLogs, archiveFingerprint } from '../../../../src-main/repository/archive/archived-logs.ts'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { readMeta } from '../../../../src-main/repository/read-meta.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { copyFixture } from '../../../support/fixtures.ts'

function directoryWith(timelines: Readonly<Record<string, readonly string[]>>) {
  const path = copyFixture('backup_v2_api')
  for (const [timeline, names] of Object.entries(timelines)) {
    mkdirSync(join(path, 'wal', timeline), { recursive: true })
    for (const name of names) writeFileSync(join(path, 'wal', timeline, name), 'x')
  }
  const directory = new BackupDirectory(path)
  return { path, directory, meta: readMeta(directory, 2).meta }
}

const segment = (first: number) => `${String(first).padStart(20, '0')}.wal`

function namesOf({ directory, meta }: ReturnType<typeof directoryWith>, appMetadata = meta.appMetadata): string[] {
  return archivedLogs(directory, { ...meta, appMetadata }).map((log) => {
    const source = log.open()
    source.close()
    return source.name
  })
}

const own = (timeline: string) =>
  Buffer.from(
    JSON.stringify({
      lifeboat: 1,
      timeline,
      firstSequence: 1,
      lastSequence: 2,
      createdAtUs: 3,
      lastCommitAtUs: null,
      label: null,
    }),
  )

describe('the archived logs of a backup', () => {
  const two = {
    '1': [segment(1), segment(30)],
    '2': [segment(9), `${segment(9).slice(0, -3)}idx`, 'gaps.json', '.x.wal'],
  }

  test('are those of the timeline in its metadata', () => {
    const scene = directoryWith(two)
    expect(namesOf(scene, own('1'))).toEqual([`wal/1/${segment(1)}`, `wal/1/${segment(30)}`])
    expect(namesOf(scene, own('2'))).toEqual([`wal/2/${segment(9)}`])
    expect(namesOf(scene, own('3'))).toEqual([])
  })

  test('are those of the current timeline when it says nothing', () => {
    const scene = directoryWith(two)
    const timeline = { databaseId: null, createdAtUs: 1 }
    const timelines = [
      { id: '1', parent: null, forkSequence: null, ...timeline },
      { id: '2', parent: '1', forkSequence: 8, ...timeline },
    ]
    writeFileSync(join(scene.path, 'timelines.json'), sealJson({ current: '2', timelines }))
    expect(namesOf(scene)).toEqual([`wal/2/${segment(9)}`])
  })

  test('are those of the only timeline there is, and of several none without a word about them', () => {
    expect(namesOf(directoryWith({ '7': [segment(4)] }))).toEqual([`wal/7/${segment(4)}`])
    expect(namesOf(directoryWith({}))).toEqual([])
    expect(() => namesOf(directoryWith(two))).toThrow('the archive has 2 timelines')
  })

  test('have a fingerprint that changes when the archive grows', () => {
    const { path, directory } = directoryWith(two)
    const before = archiveFingerprint(directory)
    writeFileSync(join(path, 'wal/2', segment(9)), 'xy')
    const grown = archiveFingerprint(directory)
    writeFileSync(join(path, 'wal/2', segment(12)), 'x')
    expect(new Set([before, grown, archiveFingerprint(directory)]).size).toBe(3)
  })
})
