import { BodyReader } from './body-reader.ts'
import { TIMELINE_ID } from './timelines.ts'

export const INCREMENTS_FOLDER = 'increments'
const LABEL_LENGTH_MAX = 10_000
const SEGMENT_NAME = /^wal\/[1-9][0-9]{0,14}\/[0-9]{20}\.wal$/

/** A closed segment of the archive that an increment needs. */
export type IncrementSegment = {
  readonly name: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly sizeBytes: number
  readonly crc32c: number
  readonly indexSizeBytes: number
  readonly indexCrc32c: number
}

/** An incremental backup: the commits behind its base, by the segments that hold them. */
export type Increment = {
  readonly id: number
  readonly timeline: string
  readonly baseId: number
  readonly firstSequence: number
  readonly lastSequence: number
  readonly createdAtUs: number
  readonly firstCommitAtUs: number | null
  readonly lastCommitAtUs: number | null
  readonly commitCount: number
  readonly label: string | null
  readonly segments: readonly IncrementSegment[]
}

export function incrementPath(id: number): string {
  return `${INCREMENTS_FOLDER}/${id}.json`
}

/** @throws DamageError, also where the segments do not hold every sequence of the increment */
export function parseIncrement(body: unknown, id: number): Increment {
  const reader = new BodyReader(incrementPath(id), body)
  if (reader.count('id', 1) !== id) throw reader.damage('id', `${id}, as the file is named`, reader.count('id'))
  const time = (name: string) => reader.nullable(name, () => reader.count(name))
  const increment: Increment = {
    id,
    timeline: reader.matching('timeline', TIMELINE_ID, 'the id of a timeline'),
    baseId: reader.count('baseId', 1),
    firstSequence: reader.count('firstSequence'),
    lastSequence: reader.count('lastSequence'),
    createdAtUs: reader.count('createdAtUs'),
    firstCommitAtUs: time('firstCommitAtUs'),
    lastCommitAtUs: time('lastCommitAtUs'),
    commitCount: reader.count('commitCount'),
    label: reader.nullable('label', (name) => reader.text(name, LABEL_LENGTH_MAX)),
    segments: reader.objects('segments', parseSegment),
  }
  if (increment.baseId >= id) throw reader.damage('baseId', `an id below ${id}`, increment.baseId)
  checkSegments(reader, increment)
  return increment
}

function parseSegment(item: BodyReader): IncrementSegment {
  return {
    name: item.matching('name', SEGMENT_NAME, 'wal/<timeline>/<first sequence, 20 digits>.wal'),
    firstSequence: item.count('firstSequence'),
    lastSequence: item.count('lastSequence'),
    sizeBytes: item.count('sizeBytes'),
    crc32c: item.crc32c('crc32c'),
    indexSizeBytes: item.count('indexSizeBytes'),
    indexCrc32c: item.crc32c('indexCrc32c'),
  }
}

function checkSegments(reader: BodyReader, increment: Increment): void {
  const { segments, firstSequence, lastSequence, timeline } = increment
  let next = firstSequence
  for (const segment of segments) {
    if (!segment.name.startsWith(`wal/${timeline}/`)) {
      throw reader.damage('segments', `segments of timeline ${timeline}`, segment.name)
    }
    const isFollowing = segment === segments[0] ? segment.firstSequence <= next : segment.firstSequence === next
    if (!isFollowing || segment.lastSequence < segment.firstSequence - 1) {
      throw reader.damage('segments', `a segment with sequence ${next}`, segment)
    }
    next = segment.lastSequence + 1
  }
  if (next <= lastSequence || lastSequence < firstSequence - 1) {
    throw reader.damage('lastSequence', `segments up to sequence ${lastSequence}`, next - 1)
  }
}
