import type { Reply } from '../resp/reply.ts'
import { ArgumentReader } from './argument-reader.ts'
import type { BackupService } from './backup-service.ts'
import { restoreReply } from './recovery-replies.ts'

export const PITR_USAGE = 'ADMIN.PITR RESTORE "2026-03-04T10:30:04.000000" [TO path] [ZONE name] [EXCLUSIVE] [DRYRUN]'
export const PITR_SUMMARY = 'The same by a time as people write it; without an offset or ZONE it is UTC.'

/** `ADMIN.PITR RESTORE time …`: as ADMIN.BACKUP RESTORE TIME, with a time as people write it; one without a zone is UTC. */
export async function runAdminPitr(words: readonly Uint8Array[], service: BackupService): Promise<Reply> {
  const read = new ArgumentReader(words, PITR_USAGE)
  if (read.keyword('RESTORE') === null) return read.missing('RESTORE')
  const text = read.text('the time')
  let zone = 'UTC'
  let targetPath: string | null = null
  let isExclusive = false
  let isDryRun = false
  while (!read.isAtEnd) {
    const word = read.keyword('TO', 'ZONE', 'EXCLUSIVE', 'DRYRUN')
    if (word === 'TO') targetPath = read.text('the path')
    else if (word === 'ZONE') zone = read.text('the zone')
    else if (word === 'EXCLUSIVE') isExclusive = true
    else if (word === 'DRYRUN') isDryRun = true
    else read.end()
  }
  const { timeUs, isInclusive, sentence } = await service.timeAsked(text, zone)
  const target = { kind: 'time' as const, timeUs, isInclusive: isInclusive && !isExclusive }
  return restoreReply(await service.restore({ target, targetPath, isDryRun }), sentence)
}
