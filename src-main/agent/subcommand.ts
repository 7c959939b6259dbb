import type { Reply } from '../resp/reply.ts'
import type { ArgumentReader } from './argument-reader.ts'
import type { BackupService } from './backup-service.ts'

/** A word behind ADMIN.BACKUP. */
export type Subcommand = {
  /** as it is written, for HELP and complaints */
  readonly usage: string
  readonly summary: string
  readonly run: (read: ArgumentReader, service: BackupService) => Promise<Reply> | Reply
}
