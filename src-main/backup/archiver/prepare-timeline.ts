import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { syncDirectory } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { timelineFolder } from '../../repository/archive/segment-names.ts'
import type { SegmentPlace } from './open-segment.ts'

/** What may be in a segment's file behind `syncedBytes` is not known to be on the disk. */
export type DoubtfulFile = { readonly path: string; readonly syncedBytes: number }

/** Makes the folders of a timeline that are not there. @throws errors of the file layer */
export function makeTimelineFolder({ repositoryPath, timeline, layer }: SegmentPlace): void {
  for (const folder of ['wal', timelineFolder(timeline)]) {
    const path = join(repositoryPath, folder)
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue
    layer.makeDirectory(path)
    syncDirectory(join(path, '..'), layer)
  }
}

/**
 * After a failed write or sync, nobody knows what of the last bytes is on the disk: reading them back proves nothing, as
 * they may come from memory. They are still in the database's logs, and are archived again.
 * @throws errors of the file layer
 */
export function cutDoubtful({ path, syncedBytes }: DoubtfulFile, layer: FileLayer): void {
  const size = lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size <= syncedBytes) return
  const descriptor = layer.open(path, 'r+')
  try {
    layer.truncate(descriptor, syncedBytes)
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
}
