import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Damage } from '#base/damage.ts'
import { removeIfThere, syncDirectory, writeFileDurably } from '#base/durable-file.ts'
import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import { SegmentIndexBuilder } from '../../repository/archive/segment-index-builder.ts'
import {
  firstSequenceInName,
  indexName,
  isSegmentName,
  timelineFolder,
} from '../../repository/archive/segment-names.ts'
import { copyBytes } from './copy-bytes.ts'
import { type KnownWalk, walkKnowing } from './known-walk.ts'
import { OpenSegment, type SegmentPlace } from './open-segment.ts'

export type Healed = {
  /** ascending, seen from the repository; each has an index but the adopted one */
  readonly paths: readonly string[]
  /** one that holds records, and no sequence so far: it is gone on with */
  readonly adopted: OpenSegment | null
  readonly damages: readonly Damage[]
}

/**
 * Brings the segments of a timeline into order after a run that did not end by itself: what lies behind the last whole record
 * is cut off, and the segment closed. Where sound records may lie behind damage, the file is kept under a name that readers
 * ignore.
 * @throws AppError, errors of the file layer
 */
export function healSegments(files: ArchiveFiles, place: SegmentPlace): Healed {
  const folder = timelineFolder(place.timeline)
  removeLeftovers(files, place, folder)
  const paths = files
    .list(folder)
    .filter(isSegmentName)
    .map((name) => `${folder}/${name}`)
  const kept: string[] = []
  const damages: Damage[] = []
  let adopted: OpenSegment | null = null
  for (const [index, path] of paths.entries()) {
    if (files.stat(indexName(path)) !== null) {
      kept.push(path)
      continue
    }
    const { segment, isKept, damages: found } = healOne(files, place, paths, index)
    damages.push(...found)
    if (isKept) kept.push(path)
    if (segment !== null) adopted = segment
  }
  return { paths: kept, adopted, damages }
}

type HealedOne = { segment: OpenSegment | null; isKept: boolean; damages: readonly Damage[] }

function healOne(files: ArchiveFiles, place: SegmentPlace, paths: readonly string[], at: number): HealedOne {
  const path = paths[at] ?? ''
  const absolute = join(place.repositoryPath, path)
  const firstSequence = firstSequenceInName(basename(path))
  let index = new SegmentIndexBuilder(firstSequence)
  const walk = walkKnowing(files, paths, at, 1, () => {
    index = new SegmentIndexBuilder(firstSequence)
    return { commit: (commit) => index.add(commit, commit.offsetBytes) }
  })
  const offsetBytes = walk.endOffsetBytes
  cutBehind(place, absolute, walk)
  if (walk.firstSequence === null) {
    place.layer.removeFile(absolute)
    syncDirectory(dirname(absolute), place.layer)
    return { segment: null, isKept: false, damages: walk.damages }
  }
  const isNewest = at === paths.length - 1
  if (walk.lastSequence < firstSequence && isNewest) {
    const segment = OpenSegment.adopt(place, { firstSequence, sizeBytes: offsetBytes, index })
    return { segment, isKept: true, damages: walk.damages }
  }
  const crc = copyBytes(absolute, offsetBytes, () => {})
  const facts = { firstSequence, lastSequence: walk.lastSequence, sizeBytes: offsetBytes, crc32c: crc }
  writeFileDurably(indexName(absolute), index.encode(facts), place.layer)
  return { segment: null, isKept: true, damages: walk.damages }
}

/** Cuts the file behind its last whole record, and makes it survive a power cut as it is then. */
function cutBehind({ layer }: SegmentPlace, absolute: string, walk: KnownWalk): void {
  const { size } = lstatSync(absolute)
  if (walk.damages.length > 0) keepCopy(layer, absolute, size)
  const descriptor = layer.open(absolute, 'r+')
  try {
    if (size > walk.endOffsetBytes) layer.truncate(descriptor, walk.endOffsetBytes)
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
}

function keepCopy(layer: SegmentPlace['layer'], absolute: string, sizeBytes: number): void {
  const copy = join(dirname(absolute), `.${basename(absolute)}.damaged`)
  removeIfThere(copy, layer)
  const descriptor = layer.open(copy, 'wx')
  try {
    copyBytes(absolute, sizeBytes, (bytes) => layer.write(descriptor, bytes))
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
  syncDirectory(dirname(absolute), layer)
}

function removeLeftovers(files: ArchiveFiles, place: SegmentPlace, folder: string): void {
  const leftovers = files.list(folder).filter((name) => name.endsWith('.tmp'))
  for (const name of leftovers) place.layer.removeFile(join(place.repositoryPath, folder, name))
}
