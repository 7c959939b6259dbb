import { join } from 'node:path'
import { RateLimiter } from '#base/rate-limiter.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import type { NewMetaFile } from '../../rocksdb/meta/encode-backup-meta.ts'
import { changedWhileCopied, FileCopier } from './file-copier.ts'
import type { FullTools } from './full-order.ts'
import type { LiveFiles, ProvedLiveFile } from './live-files.ts'

/**
 * Writes the files that a backup shares with no other: the logs first, since an engine may write them over, then MANIFEST
 * and OPTIONS as far as they were read, and a CURRENT that names the MANIFEST. Each is synced; the folder is not yet.
 * @returns in the order of a meta file: MANIFEST, CURRENT, OPTIONS, logs
 * @throws AppError SOURCE_CHANGED when a file is not what was captured, DISK_FULL, IO_FAILED; StoppedError
 */
export function writePrivateFiles(
  folder: string,
  backupId: number,
  live: LiveFiles,
  { layer, control, clock, rateLimitBytesPerSecond }: FullTools,
): NewMetaFile[] {
  const limiter = new RateLimiter(rateLimitBytesPerSecond, clock)
  const copier = new FileCopier({ layer, control, limiter, onBytes: () => {} })
  const path = (name: string) => `private/${backupId}/${name}`
  const copy = (file: ProvedLiveFile): NewMetaFile => {
    if (copier.copy(file, join(folder, file.name)) !== file.crc32c) {
      throw changedWhileCopied(file.name, 'its bytes are not those that were read before')
    }
    return { path: path(file.name), crc32c: file.crc32c, sizeBytes: file.sizeBytes }
  }
  const current = Buffer.from(`${live.manifest.name}\n`)
  const logs = live.logs.map(copy)
  const manifest = copy(live.manifest)
  const options = live.options === null ? [] : [copy(live.options)]
  copier.write(current, join(folder, 'CURRENT'))
  const currentFile = { path: path('CURRENT'), crc32c: crc32c(current), sizeBytes: current.length }
  return [manifest, currentFile, ...options, ...logs]
}
