import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ControlSwitch } from '#base/abort.ts'
import { openLocalFile } from '#base/local-file.ts'
import type { TailTask } from '../../../../src-main/restore/tail/tail-task.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { lengthPrefixed, logOf, varint } from '../../rocksdb/log-writer.ts'

type SegmentBytes = {
  readonly first: number
  readonly last: number
  readonly timeline?: string
  readonly bytes: Buffer
}

/** A base and an archive written by hand, and the task that goes with them. */
export function tailTask(world: {
  /** of the base's log 3; its MANIFEST says sequence 0 */
  readonly baseLog?: readonly Buffer[]
  readonly segments: readonly SegmentBytes[]
  readonly baseLastSequence: number
  readonly lastSequence: number
  /** besides the default one */
  readonly families?: readonly number[]
  readonly manifestSequence?: number
}): TailTask {
  const root = join(tempDir(), 'repository')
  const filesPath = join(root, 'files')
  for (const folder of ['meta', 'private', 'files']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(filesPath, 'MANIFEST-000001'), manifestOf(world.families ?? [], world.manifestSequence ?? 0))
  writeFileSync(join(filesPath, '000003.log'), logOf(world.baseLog ?? []))
  const segments = world.segments.map(({ first, last, timeline = '1', bytes }) => {
    const path = `wal/${timeline}/${String(first).padStart(20, '0')}.wal`
    mkdirSync(join(root, 'wal', timeline), { recursive: true })
    writeFileSync(join(root, path), bytes)
    return { path, firstSequence: first, lastSequence: last }
  })
  return {
    root,
    filesPath,
    manifestName: 'MANIFEST-000001',
    fileName: '000100.log',
    baseLastSequence: world.baseLastSequence,
    lastSequence: world.lastSequence,
    segments,
    isPublished: false,
    rateLimitBytesPerSecond: 0,
    control: new ControlSwitch().shared,
    progress: new SharedArrayBuffer(16),
  }
}

function manifestOf(families: readonly number[], lastSequence: number): Buffer {
  const first = Buffer.concat([2, 0, 3, 100, 4, lastSequence].map((value) => varint(value)))
  // a family: its id, that it is added with its name, its log number
  const others = families.map((id) =>
    Buffer.concat([varint(200), varint(id), varint(201), lengthPrefixed(`family ${id}`), varint(2), varint(0)]),
  )
  return logOf([first, ...others])
}

/** Payloads of the written log, hex, and what else is in it. */
export function writtenLog(task: TailTask): { payloads: string[]; timestampSizes: object[]; end: string } {
  const payloads: string[] = []
  const timestampSizes: object[] = []
  const source = openLocalFile(join(task.filesPath, task.fileName), task.fileName)
  const { end } = walkLog(
    source,
    { logNumber: 100 },
    {
      record: (payload) => payloads.push(Buffer.from(payload).toString('hex')),
      timestampSizes: (sizes) => timestampSizes.push(...sizes),
    },
  )
  source.close()
  return { payloads, timestampSizes, end }
}
