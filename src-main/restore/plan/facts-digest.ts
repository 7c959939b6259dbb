import { createHash } from 'node:crypto'
import type { RecoveryPlan } from '../../contract/recovery.ts'
import type { PathPart } from '../../repository/own/list/timeline-path.ts'

/** What a plan depends on. It does not change when segments are closed, the archive grows, or backups are made. */
export type DecidingFacts = {
  readonly repositoryId: string
  readonly path: readonly PathPart[]
  readonly sequence: number
  readonly base: Pick<RecoveryPlan['base'], 'backupId' | 'lastSequence' | 'metaDigest'>
  /** the checksum where the plan has one: the segment was closed then */
  readonly segments: readonly Pick<RecoveryPlan['segments'][number], 'path' | 'firstSequence' | 'crc32c'>[]
  readonly tail: RecoveryPlan['tail']
}

/** SHA-256, hex. */
export function factsDigestOf({ repositoryId, path, sequence, base, segments, tail }: DecidingFacts): string {
  const lines = [
    `repository ${repositoryId}`,
    ...path.map((part) => `timeline ${part.timeline} ${part.afterSequence} ${part.untilSequence}`),
    `sequence ${sequence}`,
    `base ${base.backupId} ${base.lastSequence} ${base.metaDigest}`,
    ...segments.map((segment) => `segment ${segment.path} ${segment.firstSequence} ${segment.crc32c ?? 'open'}`),
    `commits ${tail.commitCount} ${tail.sizeBytes}`,
  ]
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}
