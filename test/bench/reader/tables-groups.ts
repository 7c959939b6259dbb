import type { Bar } from '../bars.ts'
import type { Group, PlannedGroup } from '../harness.ts'
import type { ReferencePrograms } from '../reference/build.ts'
import { type DatabaseShape, madeDatabase } from '../reference/databases.ts'
import { dealOut, middleKey } from './division.ts'
import { filesIn } from './files-in.ts'
import { lookupKeys } from './lookup-keys.ts'
import { lz4Tables, randomNumbers, snappyTables } from './shapes.ts'
import { inNewProcess, inThreads, ofProgram, ofTool } from './subjects.ts'
import type { Task } from './tasks.ts'
import { openDirectory } from './view-adapter.ts'

const LOOKUPS = 500
const LOOKUP_MS_MAX = 2
const ONE_THREAD = 'Lifeboat, 1 thread'
const TWO_THREADS = 'Lifeboat, 2 threads'

/** What is measured on tables of random keys. */
export function tablesGroups(programs: ReferencePrograms): PlannedGroup[] {
  return [
    { name: 'blocks-lz4', prepare: () => blockChecksums(lz4Tables) },
    { name: 'blocks-snappy', prepare: () => blockChecksums(snappyTables) },
    { name: 'scan', prepare: () => fullScan(programs) },
    { name: 'lookup', prepare: () => pointLookups(programs) },
  ]
}

/** sst_dump prints neither bytes nor blocks, so the work of both sides is the size of the tables. */
async function blockChecksums(shape: DatabaseShape): Promise<Group> {
  const directory = await madeDatabase(shape)
  const files = filesIn(directory, '.sst')
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const [all, halves] = [1, 2].map((threads) => dealOut(files, threads).map(verifyTask))
  return {
    parameters: { database: shape.name, tables: files.length, tableBytes: bytes },
    subjects: [
      ofTool(
        'sst_dump --command=verify, start-up included',
        'sst_dump',
        [`--file=${directory}`, '--command=verify'],
        bytes,
      ),
      inThreads(ONE_THREAD, all ?? []),
      inThreads(TWO_THREADS, halves ?? []),
    ],
    bars: [ONE_THREAD, TWO_THREADS].map((subject) => ({ subject, ratioMin: 1 })),
  }
}

function verifyTask(files: readonly { readonly path: string }[]): Task {
  return { kind: 'verify-blocks', paths: files.map((file) => file.path) }
}

async function fullScan(programs: ReferencePrograms): Promise<Group> {
  const directory = await madeDatabase(lz4Tables)
  const middle = middleKeyOf(directory)
  const scan = (from: string | null, to: string | null): Task => ({ kind: 'scan', directory, from, to })
  return {
    parameters: { database: lz4Tables.name },
    subjects: [
      ofProgram('librocksdb iterator, 1 thread', programs.readDatabase, ['scan', directory]),
      inThreads(ONE_THREAD, [scan(null, null)]),
      inThreads(TWO_THREADS, [scan(null, middle), scan(middle, null)]),
    ],
    bars: [
      { subject: ONE_THREAD, ratioMin: 0.5 },
      { subject: ONE_THREAD, ratioMin: 1 },
      { subject: TWO_THREADS, ratioMin: 0.9 },
    ],
  }
}

function middleKeyOf(directory: string): string {
  const view = openDirectory(directory)
  const files = view.columnFamilies[0]?.files ?? []
  view.close()
  return Buffer.from(middleKey(files)).toString('hex')
}

async function pointLookups(programs: ReferencePrograms): Promise<Group> {
  const directory = await madeDatabase(lz4Tables)
  const keysPath = lookupKeys(directory, LOOKUPS, randomNumbers)
  const names = { newView: 'Lifeboat, a new view each', openTables: 'Lifeboat, tables open, no cache' }
  const task = (isNewViewEach: boolean): Task => ({ kind: 'look-up', directory, keysPath, isNewViewEach })
  const bars = Object.values(names).flatMap((subject): Bar[] =>
    ['medianMs', 'p99Ms'].map((figure) => ({ subject, figure, max: LOOKUP_MS_MAX })),
  )
  return {
    parameters: { database: lz4Tables.name, lookups: LOOKUPS },
    subjects: [
      ofProgram('librocksdb Get, tables open, empty cache', programs.readDatabase, ['get', directory, keysPath]),
      inNewProcess(names.newView, task(true)),
      inNewProcess(names.openTables, task(false)),
    ],
    bars,
  }
}
