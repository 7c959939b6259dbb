import { isoTime } from '../../base/time.ts'
import type { Column } from '../../ui/table-column.ts'
import { labelText, sequenceWords } from '../parts/server-words.ts'
import type { ChainRow } from './chains.ts'

/** @param zone what the times of the column are in: "UTC", "+01:00" */
export function serverBackupColumns(zone: string): readonly Column<ChainRow>[] {
  return [
    { id: 'backup', title: 'Backup', width: 7, grow: 0, valueOf: ({ backup }) => backup.id },
    { id: 'kind', title: 'Kind', width: 7.5, grow: 0, valueOf: ({ backup }) => backup.kind },
    { id: 'state', title: 'State', width: 6, grow: 0, valueOf: ({ backup }) => backup.state },
    {
      id: 'created',
      title: `Created, ${zone}`,
      width: 17.5,
      grow: 0,
      valueOf: ({ backup }) => backup.createdAtUs,
      copyOf: ({ backup }) => timeCopy(backup.createdAtUs),
    },
    {
      id: 'verified',
      title: 'Verified by it',
      width: 7.5,
      grow: 0,
      valueOf: ({ backup }) => backup.verifiedAtUs,
      copyOf: ({ backup }) => timeCopy(backup.verifiedAtUs),
    },
    { id: 'label', title: 'Label', width: 8, grow: 2, valueOf: ({ backup }) => labelText(backup.label) || null },
    {
      id: 'sequences',
      title: 'Sequences',
      width: 11.5,
      valueOf: ({ backup }) => backup.lastSequence,
      copyOf: ({ backup }) => sequenceWords(backup),
    },
    { id: 'size', title: 'Size', width: 6.5, grow: 0, align: 'right', valueOf: ({ backup }) => backup.sizeBytes },
    { id: 'files', title: 'Files', width: 4.5, grow: 0, align: 'right', valueOf: ({ backup }) => backup.fileCount },
    { id: 'base', title: 'Builds on', width: 6, grow: 0, valueOf: ({ backup }) => backup.baseId },
  ]
}

function timeCopy(timeUs: number | null): string {
  return timeUs === null ? '' : isoTime(timeUs, 'microseconds')
}
