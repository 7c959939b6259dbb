import type { Backup } from '#contract'
import { formatBytes } from '../../base/format.ts'
import type { Bar } from '../../ui/BarStrip.svelte'

const shownCountMax = 60

const legendTexts: Record<Bar['tone'], string> = {
  good: 'verified by checksum',
  idle: 'unproved',
  bad: 'unsound, or failed its verification',
}

/** The newest backups as bars, oldest first: green where every byte was proved, red where it cannot be restored. */
export function barsOf(newestFirst: readonly Backup[], timeText: (timeUs: number) => string) {
  const shown = newestFirst.slice(0, shownCountMax).toReversed()
  const first = shown[0]
  const last = shown.at(-1)
  return {
    bars: shown.map(
      (backup): Bar => ({
        id: backup.backupId,
        size: backup.logicalBytes,
        tone: toneOf(backup),
        title: `Backup ${backup.backupId}, ${timeText(backup.createdAtUs)}, ${formatBytes(backup.logicalBytes)}`,
      }),
    ),
    label: `The ${shown.length < newestFirst.length ? `newest ${shown.length} backups` : 'backups'} by size, newest right`,
    legend: (['good', 'idle', 'bad'] as const)
      .map((tone) => ({
        tone,
        text: legendTexts[tone],
        count: shown.filter((backup) => toneOf(backup) === tone).length,
      }))
      .filter(({ count }) => count > 0),
    first: first === undefined ? '' : timeText(first.createdAtUs),
    last: last === undefined ? '' : timeText(last.createdAtUs),
  }
}

function toneOf(backup: Backup): Bar['tone'] {
  if (backup.state !== 'sound' || backup.lastVerification?.outcome === 'failed') return 'bad'
  const level = backup.lastVerification?.level ?? 'presence'
  return level === 'presence' ? 'idle' : 'good'
}
