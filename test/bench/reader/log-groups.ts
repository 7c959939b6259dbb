import type { Group, PlannedGroup } from '../harness.ts'
import type { ReferencePrograms } from '../reference/build.ts'
import { madeDatabase } from '../reference/databases.ts'
import { filesIn, type SizedFile } from './files-in.ts'
import { logShape } from './shapes.ts'
import { inNewProcess, inThreads, ofProgram, ofTool } from './subjects.ts'

const PEAK_RSS_MEBIBYTES_MAX = 300

/** What is measured on a write-ahead log of a million commits. */
export function logGroups(programs: ReferencePrograms): PlannedGroup[] {
  return [
    { name: 'log-walk', prepare: () => logWalk(programs) },
    { name: 'log-view', prepare: () => viewOverLog(programs) },
  ]
}

async function logWalk(programs: ReferencePrograms): Promise<Group> {
  const directory = await madeDatabase(logShape)
  const { path, sizeBytes } = logIn(directory)
  const ours = 'Lifeboat, 1 thread'
  return {
    parameters: { database: logShape.name, logBytes: sizeBytes },
    subjects: [
      ofTool('ldb dump_wal, start-up included', 'ldb', ['dump_wal', `--walfile=${path}`], sizeBytes),
      ofProgram('librocksdb WalFilter', programs.readDatabase, ['log', directory]),
      inThreads(ours, [{ kind: 'walk-log', path }]),
    ],
    bars: [1, 1.9].map((ratioMin) => ({ subject: ours, ratioMin })),
  }
}

async function viewOverLog(programs: ReferencePrograms): Promise<Group> {
  const directory = await madeDatabase(logShape)
  const ours = 'Lifeboat openView and first row, a new process each'
  return {
    parameters: { database: logShape.name, logBytes: logIn(directory).sizeBytes },
    subjects: [
      ofProgram('librocksdb OpenForReadOnly and first row', programs.readDatabase, ['open', directory]),
      inNewProcess(ours, { kind: 'open-view', directory }),
    ],
    bars: [
      { subject: ours, ratioMin: 1 },
      { subject: ours, figure: 'peakRssMebibytes', max: PEAK_RSS_MEBIBYTES_MAX },
    ],
  }
}

function logIn(directory: string): SizedFile {
  const [log, ...others] = filesIn(directory, '.log')
  if (log === undefined || others.length > 0) throw new Error(`${directory} does not have one write-ahead log`)
  return log
}
