import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { type Clock, systemClock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { openLocalFile } from '#base/local-file.ts'
import { RateLimiter } from '#base/rate-limiter.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { crc32c } from '../rocksdb/crc32c.ts'
import type { Copy } from './copy-list.ts'
import { PendingSyncs, type SyncFile } from './pending-syncs.ts'
import { changedSincePublished } from './target.ts'

/** One thread's part of a restore: it takes files until none is left. */
export type CopyTask = {
  root: string
  filesPath: string
  copies: Copy[]
  /** the files are already under their final names: prove them, change nothing */
  isPublished: boolean
  /** one Int32: the next file to take */
  next: SharedArrayBuffer
  control: SharedArrayBuffer
  /** of this thread; 0 or absent: no limit */
  rateLimitBytesPerSecond?: number
  /** Float64 per thread: bytes done, files done, index of the file it is at */
  progress: SharedArrayBuffer
  slot: number
}

export type CopyTaskOutput = { provedFileCount: number; resumedFileCount: number }

export const COPY_PROGRESS_FIELDS = 3

/**
 * Copies files until none is left: read once, hashed while copied, synced; the next file is read while the disk is still
 * busy with those before. A file that an interrupted run left whole is
 * kept after its bytes were proved again. The first file that is not what it must be stops all threads.
 *
 * Bytes are copied, never linked: a hard link would leave one file to the repository and to a database whose engine, or whose
 * administrator, may one day write to it or cut it, and a clone of blocks would be read to be proved all the same.
 * @throws AppError CHECKSUM_MISMATCH, DISK_FULL, IO_FAILED; StoppedError
 */
export async function copyFiles(
  task: CopyTask,
  layer: FileLayer = nodeFileLayer,
  clock: Clock = systemClock,
  sync: SyncFile = async (descriptor) => layer.sync(descriptor),
): Promise<CopyTaskOutput> {
  const syncs = new PendingSyncs(sync, layer)
  const copier = new Copier(task, layer, clock, syncs)
  const next = new Int32Array(task.next)
  try {
    for (;;) {
      const index = Atomics.add(next, 0, 1)
      const copy = task.copies[index]
      if (copy === undefined) break
      copier.copy(copy, index)
      await syncs.room()
    }
    await syncs.all()
    return copier.output
  } catch (cause) {
    // the other threads stop at their next file
    Atomics.store(next, 0, task.copies.length)
    await syncs.settled()
    throw cause
  }
}

class Copier {
  readonly output: CopyTaskOutput = { provedFileCount: 0, resumedFileCount: 0 }
  readonly #task: CopyTask
  readonly #layer: FileLayer
  readonly #syncs: PendingSyncs
  readonly #directory: BackupDirectory
  readonly #control: ControlSwitch
  readonly #progress: Float64Array
  readonly #limiter: RateLimiter
  readonly #buffer: Buffer

  constructor(task: CopyTask, layer: FileLayer, clock: Clock, syncs: PendingSyncs) {
    this.#task = task
    this.#syncs = syncs
    this.#layer = layer
    this.#directory = new BackupDirectory(task.root)
    this.#control = new ControlSwitch(task.control)
    this.#progress = new Float64Array(task.progress, task.slot * COPY_PROGRESS_FIELDS * 8, COPY_PROGRESS_FIELDS)
    this.#limiter = new RateLimiter(task.rateLimitBytesPerSecond ?? 0, clock)
    this.#buffer = Buffer.allocUnsafeSlow(this.#limiter.chunkBytes(limits.readChunkBytes))
  }

  copy(copy: Copy, index: number): void {
    this.#progress[2] = index
    const target = join(this.#task.filesPath, copy.databaseName)
    if (this.#task.isPublished) this.#prove(target, copy)
    else if (this.#isAlreadyThere(target, copy)) this.output.resumedFileCount += 1
    else this.#copyAnew(target, copy)
    if (copy.crc32c !== null) this.output.provedFileCount += 1
    this.#progress[1] = (this.#progress[1] ?? 0) + 1
  }

  #isAlreadyThere(target: string, copy: Copy): boolean {
    const stat = lstatSync(target, { throwIfNoEntry: false })
    if (stat === undefined) return false
    if (!stat.isFile()) {
      // whatever it is, it is not ours; a link is removed, and not what it leads to
      this.#layer.removeFile(target)
      return false
    }
    const before = this.#progress[0] ?? 0
    const source = openLocalFile(target, target)
    try {
      if (
        copy.crc32c !== null &&
        source.sizeBytes === copy.sizeBytes &&
        this.#transfer(source, copy, null) === copy.crc32c
      ) {
        this.#syncFile(target)
        return true
      }
    } finally {
      source.close()
    }
    this.#progress[0] = before
    this.#layer.removeFile(target)
    return false
  }

  #prove(target: string, copy: Copy): void {
    if (lstatSync(target, { throwIfNoEntry: false })?.size !== copy.sizeBytes) {
      throw changedSincePublished(this.#task.filesPath)
    }
    const source = openLocalFile(target, target)
    try {
      const crc = this.#transfer(source, copy, null)
      if (copy.crc32c !== null && crc !== copy.crc32c) throw changedSincePublished(this.#task.filesPath)
    } finally {
      source.close()
    }
    this.output.resumedFileCount += 1
  }

  #copyAnew(target: string, copy: Copy): void {
    const source = this.#directory.open(copy.path)
    try {
      this.#write(source, target, copy)
    } finally {
      source.close()
    }
  }

  #write(source: ByteSource, target: string, copy: Copy): void {
    try {
      const descriptor = this.#layer.open(target, 'wx')
      try {
        const crc = this.#transfer(source, copy, descriptor)
        if (copy.crc32c !== null && crc !== copy.crc32c) throw mismatch(copy, crc)
      } catch (cause) {
        this.#layer.close(descriptor)
        throw cause
      }
      this.#syncs.add(descriptor, target)
    } catch (cause) {
      throw cause instanceof Error && 'code' in cause && !(cause instanceof AppError) ? fileError(cause, target) : cause
    }
  }

  /** Hashes a whole file, and writes it where a descriptor is given. */
  #transfer(source: ByteSource, copy: Copy, descriptor: number | null): number {
    let crc = 0
    let offsetBytes = 0
    const checkpoint = () => this.#control.checkpoint()
    for (;;) {
      checkpoint()
      const count = source.readInto(this.#buffer, offsetBytes)
      if (count === 0) break
      const chunk = this.#buffer.subarray(0, count)
      crc = crc32c(chunk, crc)
      if (descriptor !== null) this.#layer.write(descriptor, chunk)
      offsetBytes += count
      this.#progress[0] = (this.#progress[0] ?? 0) + count
      this.#limiter.take(count, checkpoint)
    }
    if (offsetBytes !== copy.sizeBytes) throw cut(copy, offsetBytes)
    return crc
  }

  #syncFile(path: string): void {
    const descriptor = this.#layer.open(path, 'r+')
    try {
      this.#layer.sync(descriptor)
    } finally {
      this.#layer.close(descriptor)
    }
  }
}

function mismatch(copy: Copy, found: number): AppError {
  return new AppError('CHECKSUM_MISMATCH', {
    message: `the file is damaged (expected crc32c ${copy.crc32c}, found ${found})`,
    subject: copy.path,
    unharmed: 'The target was not made; the backup was only read.',
    nextStep: 'Verify the source to see which backups are sound, and restore one of those.',
  })
}

function cut(copy: Copy, foundBytes: number): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: `the file changed while it was read (expected ${copy.sizeBytes} bytes, found ${foundBytes})`,
    subject: copy.path,
    unharmed: 'The target was not made; the backup was only read.',
    nextStep: 'Wait until nothing writes to the backup directory, then start again.',
  })
}
