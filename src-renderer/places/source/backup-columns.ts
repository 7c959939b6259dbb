import type { Backup } from '#contract'
import { isoTime } from '../../base/time.ts'
import type { Column } from '../../ui/table-column.ts'
import { backupStates } from '../parts/words.ts'

export const backupColumns: readonly Column<Backup>[] = [
  { id: 'backup', title: 'Backup', width: 5, grow: 0, valueOf: (backup) => backup.backupId },
  { id: 'state', title: 'State', width: 7.5, grow: 0, valueOf: (backup) => backupStates[backup.state].text },
  {
    id: 'created',
    title: 'Created',
    width: 20.5,
    grow: 2,
    valueOf: (backup) => backup.createdAtUs,
    copyOf: (backup) => isoTime(backup.createdAtUs, 'seconds'),
  },
  {
    id: 'verification',
    title: 'Verification',
    width: 15.5,
    valueOf: (backup) => backup.lastVerification?.finishedAtUs ?? null,
    copyOf: ({ lastVerification }) =>
      lastVerification === null
        ? 'never'
        : `${lastVerification.level} ${lastVerification.outcome} ${isoTime(lastVerification.finishedAtUs, 'milliseconds')}`,
  },
  { id: 'sequence', title: 'Sequence', width: 7.5, align: 'right', valueOf: (backup) => backup.sequence },
  { id: 'files', title: 'Files', width: 4.5, align: 'right', valueOf: (backup) => backup.fileCount },
  { id: 'logical', title: 'Restores to', width: 6.5, align: 'right', valueOf: (backup) => backup.logicalBytes },
  { id: 'exclusive', title: 'Its own', width: 6, align: 'right', valueOf: (backup) => backup.exclusiveBytes },
  { id: 'shared', title: 'Shared', width: 6, align: 'right', valueOf: (backup) => backup.sharedBytes },
  { id: 'entries', title: 'Entries', width: 7, align: 'right', valueOf: (backup) => backup.entryCount },
]
