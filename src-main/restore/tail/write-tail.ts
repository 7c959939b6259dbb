import { dirname } from 'node:path'
import { ControlSwitch } from '#base/abort.ts'
import { type Clock, systemClock } from '#base/clock.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { RateLimiter } from '#base/rate-limiter.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import { LogWriter } from '../../rocksdb/log/log-writer.ts'
import type { TimestampSize } from '../../rocksdb/log/special-record.ts'
import { proveBaseEnd } from './base-end.ts'
import { type LogFile, newLogFile, provedLogFile } from './log-file-sink.ts'
import { SegmentWalk } from './segment-walk.ts'
import type { TailOutput, TailSegment, TailTask } from './tail-task.ts'

/**
 * Writes one new log beside the restored files of a base, with exactly the commits behind it and up to the point: framed
 * anew, whole records as they are in the archive (docs/formats/rocksdb.md §9.4, §9.5). RocksDB replays logs in the order of
 * their numbers, so the base's own come first. A log that is published already is made once more and compared.
 * @throws AppError DAMAGED when the archive does not lead from the base to the point, BACKUP_INCOMPLETE for a column family
 * that the base does not have, TARGET_NOT_EMPTY, DISK_FULL, IO_FAILED; DamageError; StoppedError
 */
export function writeTail(task: TailTask, layer: FileLayer = nodeFileLayer, clock: Clock = systemClock): TailOutput {
  const { filesPath, fileName, isPublished } = task
  const file = isPublished ? provedLogFile(filesPath, fileName) : newLogFile(filesPath, fileName, layer)
  try {
    return new TailWriter(task, file, clock).write()
  } finally {
    file.close()
  }
}

class TailWriter {
  readonly #task: TailTask
  readonly #file: LogFile
  readonly #limiter: RateLimiter
  readonly #writer: LogWriter
  readonly #walk: SegmentWalk
  readonly #checkpoint: () => void
  readonly #progress: Float64Array
  /** families whose timestamps' size the log says already */
  readonly #sized = new Set<number>()
  #crc = 0

  constructor(task: TailTask, file: LogFile, clock: Clock) {
    this.#task = task
    this.#file = file
    this.#limiter = new RateLimiter(task.rateLimitBytesPerSecond, clock)
    this.#progress = new Float64Array(task.progress)
    const control = new ControlSwitch(task.control)
    this.#checkpoint = () => control.checkpoint()
    const writer = new LogWriter((bytes) => this.#take(bytes))
    this.#writer = writer
    this.#walk = new SegmentWalk(
      { afterSequence: task.baseLastSequence, lastSequence: task.lastSequence },
      { record: (pieces) => writer.append(pieces), timestampSizes: (sizes) => this.#timestampSizes(sizes) },
      this.#checkpoint,
    )
  }

  write(): TailOutput {
    const walk = this.#walk
    walk.begin(proveBaseEnd(this.#task, walk.reader, this.#checkpoint))
    const directory = new BackupDirectory(this.#task.root)
    for (const [index, segment] of this.#task.segments.entries()) {
      const source = directory.open(segment.path)
      try {
        walk.segment(source, endBefore(segment, this.#task.segments[index + 1]))
      } finally {
        source.close()
      }
    }
    walk.end(this.#task.root)
    this.#writer.flush()
    const { sizeBytes } = this.#writer
    this.#file.finish(sizeBytes)
    return { sizeBytes, commitCount: walk.commitCount, crc32c: this.#crc }
  }

  #take(bytes: Uint8Array): void {
    this.#checkpoint()
    this.#file.take(bytes)
    this.#crc = crc32c(bytes, this.#crc)
    this.#progress[0] = (this.#progress[0] ?? 0) + bytes.length
    this.#progress[1] = this.#walk.commitCount
    this.#limiter.take(bytes.length, this.#checkpoint)
  }

  /** A log says the size of a family's timestamps once. */
  #timestampSizes(sizes: readonly TimestampSize[]): void {
    const fresh = sizes.filter(({ columnFamilyId }) => !this.#sized.has(columnFamilyId))
    if (fresh.length === 0) return
    for (const { columnFamilyId } of fresh) this.#sized.add(columnFamilyId)
    this.#writer.appendTimestampSizes(fresh)
  }
}

/**
 * A segment that another one of its timeline continues is taken whole, with what uses up no sequence at its end. Where the
 * timeline forked, the older one counts up to there.
 */
export function endBefore(segment: TailSegment, next: TailSegment | undefined): number | null {
  if (next === undefined || dirname(segment.path) === dirname(next.path)) return null
  return next.firstSequence - 1
}
