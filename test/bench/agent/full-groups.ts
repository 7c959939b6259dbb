import { join } from 'node:path'
import type { Group, Measurement, PlannedGroup, Subject } from '../harness.ts'
import { filesIn } from '../reader/files-in.ts'
import { lz4Tables, orderedTables } from '../reader/shapes.ts'
import { backUpWithRocksdb } from '../reference/back-up.ts'
import type { ReferencePrograms } from '../reference/build.ts'
import { madeDatabase } from '../reference/databases.ts'
import { workingCopy } from './graph-data.ts'
import { LifeboatFull } from './lifeboat-full.ts'
import { dropWork, emptyDirectory, workDirectory } from './places.ts'

const SMALL_MEGABYTES = 100
const RATIO_MIN = 0.9

type Make = () => Promise<Measurement>
type Maker = {
  readonly name: string
  readonly make: (root: string, id: number) => Promise<Measurement>
  close(): Promise<void>
}

/** A full backup of a database at rest, synced: ours beside RocksDB's own. */
export function fullGroups(programs: ReferencePrograms, isSmall: boolean): PlannedGroup[] {
  const full = (threads: number): PlannedGroup => ({
    name: `full-${threads}-thread${threads === 1 ? '' : 's'}`,
    prepare: () => prepare(programs, { threads, isSmall, isAgain: false }),
    drop: dropWork,
  })
  return [
    full(1),
    full(2),
    { name: 'full-again', prepare: () => prepare(programs, { threads: 2, isSmall, isAgain: true }), drop: dropWork },
  ]
}

async function prepare(
  programs: ReferencePrograms,
  { threads, isSmall, isAgain }: { readonly threads: number; readonly isSmall: boolean; readonly isAgain: boolean },
): Promise<Group> {
  const shape = isSmall ? orderedTables(SMALL_MEGABYTES) : lz4Tables
  const database = workingCopy(await madeDatabase(shape), join(workDirectory, 'database'))
  const tableBytes = filesIn(database, '.sst').reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const makers = [ofRocksdb(programs, database, threads), ofLifeboat(database, threads)]
  const work = { tableBytes, isAgain }
  return {
    parameters: { database: shape.name, tableBytes, threads },
    subjects: await Promise.all(makers.map((maker, index) => subjectOf(maker, `backups-${index}`, work))),
    bars: isAgain ? [] : makers.slice(1).map(({ name }) => ({ subject: name, ratioMin: RATIO_MIN })),
  }
}

/** Into an empty directory each time, or again and again into one that has everything. */
async function subjectOf(
  maker: Maker,
  folder: string,
  { tableBytes, isAgain }: { readonly tableBytes: number; readonly isAgain: boolean },
): Promise<Subject> {
  const { name } = maker
  let root = emptyDirectory(folder)
  let lastId = 0
  const make: Make = () => {
    lastId += 1
    return maker.make(root, lastId)
  }
  if (isAgain) await make()
  return {
    name,
    async measure() {
      if (!isAgain) {
        root = emptyDirectory(folder)
        lastId = 0
      }
      const measured = await make()
      // the database's own small files differ with each opening
      if (measured.bytes < tableBytes) throw new Error(`${name} left tables out`)
      return { ...measured, bytes: tableBytes }
    },
    close: () => maker.close(),
  }
}

function ofRocksdb(programs: ReferencePrograms, database: string, threads: number): Maker {
  return {
    name: `RocksDB BackupEngine, sync, ${threads} thread${threads === 1 ? '' : 's'}`,
    make: (backups) => backUpWithRocksdb(programs, { database, backups, threads }),
    close: async () => {},
  }
}

function ofLifeboat(database: string, threads: number): Maker {
  const full = new LifeboatFull(database, threads)
  return {
    name: `Lifeboat, ${threads} thread${threads === 1 ? '' : 's'}`,
    make: (root, id) => full.make(root, id),
    close: () => full.close(),
  }
}
