import type { ActivityBucket, RecoveryOverview } from '#contract'
import { formatBytes, formatCount, formatDuration, formatQuantity } from '../base/format.ts'
import { formatTime } from '../base/time.ts'
import { type Gap, type Sign, type Stretch, timeOfBackup } from './things.ts'
import { spanOf, type View } from './view.ts'

/** How much time is in view: "20 s", "3 d 4 h". */
export function spanWords(view: View): string {
  return formatDuration(Math.max(1, Math.round(spanOf(view))))
}

/** What a timeline shows, for whoever does not see it. */
export function overviewWords({ timelines, backups, marks }: RecoveryOverview, view: View, zone: string): string {
  const current = timelines.find(({ isCurrent }) => isCurrent)
  const fullCount = backups.filter(({ kind }) => kind === 'full').length
  const parts = [
    `Shown: ${formatTime(view.fromUs, zone)} to ${formatTime(view.toUs, zone)}, ${spanWords(view)}`,
    `${formatQuantity(fullCount, 'full backup')}, ${formatQuantity(backups.length - fullCount, 'incremental backup')}`,
    formatQuantity(current?.gaps.length ?? 0, 'gap'),
    ...(marks.length === 0 ? [] : [formatQuantity(marks.length, 'named point')]),
    ...(timelines.length < 2
      ? []
      : [`${formatQuantity(timelines.length, 'timeline')}, because a restored database went on`]),
  ]
  return `${parts.join('; ')}.`
}

export function signWords({ kind, count, backup, mark }: Sign, zone: string): string {
  const more = count > 1 ? `, and ${formatCount(count - 1)} more here: zoom in to tell them apart` : ''
  if (mark !== null) return `Point "${mark.name}", after sequence ${formatCount(mark.sequence)}${more}`
  if (backup === null) return ''
  const timeUs = timeOfBackup(backup)
  const facts = [
    `${kind === 'full' ? 'Full' : 'Incremental'} backup ${backup.backupId}`,
    ...(timeUs === null ? [] : [formatTime(timeUs, zone)]),
    ...(backup.lastSequence === null ? [] : [`up to sequence ${formatCount(backup.lastSequence)}`]),
    formatBytes(backup.totalBytes),
    ...(backup.isRestorable ? [] : ['cannot be restored']),
  ]
  return facts.join(', ') + more
}

export function gapWords({ of }: Stretch<Gap>): string {
  const lost =
    of.beforeSequence - of.afterSequence - 1 > 0
      ? `sequences ${formatCount(of.afterSequence + 1)} to ${formatCount(of.beforeSequence - 1)} are not in the archive`
      : 'commits are not in the archive'
  return `Gap: ${lost}${of.reason === null ? '' : ` (${of.reason})`}. No point in it can be restored`
}

export function bucketWords(bucket: ActivityBucket, zone: string): string {
  const { commitCount, putCount, deleteCount, sizeBytes } = bucket
  const facts = [
    formatQuantity(commitCount, 'commit'),
    `${formatQuantity(putCount, 'put')}`,
    `${formatQuantity(deleteCount, 'delete')}`,
    formatBytes(sizeBytes),
  ]
  return `${formatDuration(Math.max(1, bucket.toUs - bucket.fromUs))} from ${formatTime(bucket.fromUs, zone)}: ${facts.join(', ')}`
}
