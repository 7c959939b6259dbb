import type { Command, CommandFacts } from '../resp/command-table.ts'
import { runAdminBackup, runAdminStatus, subcommandFacts } from './admin-backup.ts'
import { PITR_SUMMARY, runAdminPitr } from './admin-pitr.ts'
import type { BackupService } from './backup-service.ts'

/** The commands that an agent answers. */
export function adminCommands(service: BackupService): Command[] {
  const facts: CommandFacts[] = subcommandFacts()
  return [
    {
      name: 'ADMIN.BACKUP',
      arity: -2,
      summary: 'Backups of this database: see ADMIN.BACKUP HELP.',
      group: 'admin',
      flags: ['admin', 'noscript'],
      subcommands: facts,
      run: (args) => runAdminBackup(args, service),
    },
    {
      name: 'ADMIN.PITR',
      arity: -3,
      summary: 'ADMIN.BACKUP RESTORE by a time as people write it.',
      group: 'admin',
      flags: ['admin', 'noscript'],
      subcommands: [{ name: 'RESTORE', arity: -3, summary: PITR_SUMMARY }],
      run: (args) => runAdminPitr(args, service),
    },
    {
      name: 'ADMIN.STATUS',
      arity: 1,
      summary: 'The same as ADMIN.BACKUP STATUS.',
      group: 'admin',
      flags: ['admin', 'noscript', 'readonly'],
      run: (args) => runAdminStatus(args, service),
    },
  ]
}
