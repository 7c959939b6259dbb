import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { dropWork, emptyDirectory } from '../agent/places.ts'
import type { Group, PlannedGroup, Subject } from '../harness.ts'
import { madeBackups } from '../reference/backups.ts'
import type { ReferencePrograms } from '../reference/build.ts'
import { restoreWithRocksdb } from '../reference/restore.ts'
import { LifeboatRestore } from './lifeboat-restore.ts'

const shape = { storedMebibytes: 1126, backups: 6 }
const smallShape = { storedMebibytes: 60, backups: 3 }

/** The newest of several backups into an empty place, proved and synced: ours beside RocksDB's own. */
export function restoreGroups(programs: ReferencePrograms, isSmall: boolean): PlannedGroup[] {
  return [
    { threads: 1, ratioMin: 2 },
    { threads: 2, ratioMin: 1.2 },
  ].map(({ threads, ratioMin }) => ({
    name: `restore-${threads}-thread${threads === 1 ? '' : 's'}`,
    prepare: () => prepare(programs, { threads, ratioMin, isSmall }),
    drop: dropWork,
  }))
}

async function prepare(
  programs: ReferencePrograms,
  { threads, ratioMin, isSmall }: { readonly threads: number; readonly ratioMin: number; readonly isSmall: boolean },
): Promise<Group> {
  const backups = await madeBackups(programs, isSmall ? smallShape : shape)
  const ours = await LifeboatRestore.open(backups, threads)
  const words = `${threads} thread${threads === 1 ? '' : 's'}`
  const reference: Subject = {
    name: `RocksDB BackupEngine, synced, ${words}`,
    measure: () => intoNewPlace((target) => restoreWithRocksdb(programs, { backups, target, threads })),
    close: async () => {},
  }
  const subject: Subject = {
    name: `Lifeboat, ${words}`,
    measure: () => intoNewPlace((target) => ours.restore(target)),
    close: () => ours.close(),
  }
  return {
    parameters: { ...(isSmall ? smallShape : shape), threads },
    subjects: [reference, subject],
    bars: [{ subject: subject.name, ratioMin }],
  }
}

/** What it made is removed before the next run, untimed. */
async function intoNewPlace<Result>(run: (target: string) => Promise<Result>): Promise<Result> {
  const target = join(emptyDirectory('restored'), 'database')
  try {
    return await run(target)
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}
