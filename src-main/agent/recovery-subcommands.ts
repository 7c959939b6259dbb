import { array, okReply } from '../resp/reply.ts'
import { markReply, restoreReply } from './recovery-replies.ts'
import { readName, readTarget } from './recovery-words.ts'
import type { Subcommand } from './subcommand.ts'

const MARK_CHARACTERS_MAX = 200
const NOTE_CHARACTERS_MAX = 200

/** What ADMIN.BACKUP does to go back to a point, to name one, and to keep what that needs. */
export const recoverySubcommands: Readonly<Record<string, Subcommand>> = {
  RESTORE: {
    usage: 'ADMIN.BACKUP RESTORE <id | TIME us | SEQ n | BEFORE seq | LATEST | MARK name> [TO path] [DRYRUN]',
    summary: 'Brings a state back into a new directory and proves it; without TO in place, where that can be done.',
    async run(read, service) {
      const target = readTarget(read)
      let targetPath: string | null = null
      let isDryRun = false
      while (!read.isAtEnd) {
        const word = read.keyword('TO', 'DRYRUN')
        if (word === 'TO') targetPath = read.text('the path')
        else if (word === 'DRYRUN') isDryRun = true
        else read.end()
      }
      return restoreReply(await service.restore({ target, targetPath, isDryRun }), null)
    },
  },
  MARK: {
    usage: 'ADMIN.BACKUP MARK name',
    summary: 'Names the state as it is now, to go back to.',
    async run(read, service) {
      const name = readName(read, 'the name', MARK_CHARACTERS_MAX)
      read.end()
      return markReply(await service.mark(name))
    },
  },
  MARKS: {
    usage: 'ADMIN.BACKUP MARKS',
    summary: 'The named points, oldest first.',
    async run(read, service) {
      read.end()
      return array((await service.marks()).map(markReply))
    },
  },
  PIN: {
    usage: 'ADMIN.BACKUP PIN id [note]',
    summary: 'Keeps a backup, and what it needs, from retention.',
    async run(read, service) {
      const backupId = read.integer('the id', { min: 1 })
      const note = read.isAtEnd ? '' : readName(read, 'the note', NOTE_CHARACTERS_MAX)
      read.end()
      await service.pin(backupId, note)
      return okReply
    },
  },
  UNPIN: {
    usage: 'ADMIN.BACKUP UNPIN id',
    summary: 'Lets retention remove a backup again.',
    async run(read, service) {
      const backupId = read.integer('the id', { min: 1 })
      read.end()
      await service.unpin(backupId)
      return okReply
    },
  },
}
