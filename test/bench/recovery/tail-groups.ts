import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Archiver } from '../../../src-main/backup/archiver/archiver.ts'
import { ControlSwitch } from '../../../src-main/base/abort.ts'
import { systemClock } from '../../../src-main/base/clock.ts'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { listSegments } from '../../../src-main/repository/archive/segments.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { prepareRepository } from '../../../src-main/repository/own/open-repository.ts'
import { TAIL_PROGRESS_FIELDS, type TailTask } from '../../../src-main/restore/tail/tail-task.ts'
import { writeTail } from '../../../src-main/restore/tail/write-tail.ts'
import { dropWork, emptyDirectory } from '../agent/places.ts'
import type { Group, Measurement, PlannedGroup } from '../harness.ts'
import { filesIn } from '../reader/files-in.ts'
import { logShape } from '../reader/shapes.ts'
import { ofProgram, ofTool } from '../reader/subjects.ts'
import type { ReferencePrograms } from '../reference/build.ts'
import { type DatabaseShape, madeDatabase } from '../reference/databases.ts'

const TIMELINE = '1'
const LOG_NAME = '000100.log'
const OURS = 'Lifeboat writes the log, 1 thread'
const REPLAY = 'RocksDB replays it'
const SECONDS_MAX = 60

const emptyShape: DatabaseShape = { name: 'empty', benchmarks: 'stats', arguments: {} }

/** A million commits behind a base: the log that a recovery writes, and RocksDB's replay of it when it opens. */
export function tailGroups(programs: ReferencePrograms): PlannedGroup[] {
  return [{ name: 'log-tail', prepare: () => prepare(programs), drop: dropWork }]
}

async function prepare(programs: ReferencePrograms): Promise<Group> {
  const written = await madeDatabase(logShape)
  const base = await madeDatabase(emptyShape)
  const [log] = filesIn(written, '.log')
  if (log === undefined) throw new Error(`${written} has no log`)
  const repository = archiveOf(written)
  const replayed = restoredFrom(base, 'replayed')
  const { entries = 0 } = tailBehind(repository, replayed)
  const replay = ofProgram(REPLAY, programs.readDatabase, ['open', replayed])
  return {
    parameters: { database: logShape.name, commits: entries, logBytes: log.sizeBytes },
    subjects: [
      ofTool('ldb dump_wal, start-up included', 'ldb', ['dump_wal', `--walfile=${log.path}`], log.sizeBytes),
      {
        name: OURS,
        measure: async () => ({ ...tailBehind(repository, restoredFrom(base, 'written')), bytes: log.sizeBytes }),
        close: async () => {},
      },
      {
        name: REPLAY,
        async measure() {
          const { seconds } = await replay.measure()
          return { seconds, bytes: log.sizeBytes, readBytes: log.sizeBytes, figures: { replaySeconds: seconds } }
        },
        close: () => replay.close(),
      },
    ],
    bars: [
      { subject: OURS, figure: 'tailSeconds', max: SECONDS_MAX },
      { subject: REPLAY, figure: 'replaySeconds', max: SECONDS_MAX },
    ],
  }
}

function archiveOf(databaseDirectory: string): string {
  const repositoryPath = emptyDirectory('repository')
  prepareRepository(repositoryPath, nodeFileLayer)
  const archiver = new Archiver({ databaseDirectory, repositoryPath, timeline: TIMELINE, clock: systemClock })
  let state = archiver.start()
  while (!state.isCaughtUp) state = archiver.step()
  archiver.stop()
  return repositoryPath
}

/** The files of a base that holds nothing, as a recovery has copied them: everything but CURRENT. */
function restoredFrom(base: string, name: string): string {
  const target = emptyDirectory(name)
  for (const file of readdirSync(base)) cpSync(join(base, file), join(target, file))
  return target
}

function tailBehind(root: string, filesPath: string): Measurement {
  rmSync(join(filesPath, LOG_NAME), { force: true })
  const { segments } = listSegments(new BackupDirectory(root), TIMELINE)
  const task: TailTask = {
    root,
    filesPath,
    manifestName: readFileSync(join(filesPath, 'CURRENT'), 'latin1').trim(),
    fileName: LOG_NAME,
    baseLastSequence: 0,
    lastSequence: segments.at(-1)?.lastSequence ?? 0,
    segments: segments.map(({ path, firstSequence, lastSequence }) => ({ path, firstSequence, lastSequence })),
    isPublished: false,
    rateLimitBytesPerSecond: 0,
    control: new ControlSwitch().shared,
    progress: new SharedArrayBuffer(TAIL_PROGRESS_FIELDS * 8),
  }
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const { sizeBytes, commitCount } = writeTail(task)
  const seconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const figures = { cpuSeconds: (user + system) / 1e6, tailSeconds: seconds, commitsPerSecond: commitCount / seconds }
  return { seconds, bytes: sizeBytes, readBytes: sizeBytes, entries: commitCount, figures }
}
