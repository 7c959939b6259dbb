import { AppError } from '#base/app-error.ts'
import type { CommandFacts } from '../resp/command-table.ts'
import { array, bulk, integer, okReply, type Reply, simple } from '../resp/reply.ts'
import { PITR_SUMMARY, PITR_USAGE } from './admin-pitr.ts'
import { ArgumentReader } from './argument-reader.ts'
import type { BackupKind, BackupService } from './backup-service.ts'
import { recoverySubcommands } from './recovery-subcommands.ts'
import {
  infoReply,
  pointReply,
  policyReply,
  rowReply,
  scheduleReply,
  statusReply,
  verificationReply,
} from './replies.ts'
import type { Subcommand } from './subcommand.ts'

/** rows of one LIST, commits of one POINTS */
const LIST_MAX = 10_000
const LABEL_CHARACTERS_MAX = 200
const FETCH_BYTES_MAX = 8 * 1024 * 1024

const subcommands: Readonly<Record<string, Subcommand>> = {
  CREATE: {
    usage: 'ADMIN.BACKUP CREATE [FULL | INCREMENTAL] [LABEL text] [ASYNC]',
    summary: 'Makes a backup and answers its id. ASYNC answers at once.',
    async run(read, service) {
      let kind: BackupKind | null = null
      let label: string | null = null
      let isAsync = false
      while (!read.isAtEnd) {
        const word = read.keyword('FULL', 'INCREMENTAL', 'LABEL', 'ASYNC')
        if (word === 'FULL') kind = 'full'
        else if (word === 'INCREMENTAL') kind = 'incremental'
        else if (word === 'LABEL') label = labelOf(read.text('the label'))
        else if (word === 'ASYNC') isAsync = true
        else read.end()
      }
      return integer(await service.create({ kind, label, isAsync }))
    },
  },
  LIST: {
    usage: 'ADMIN.BACKUP LIST [LIMIT n] [BEFORE id]',
    summary: 'The backups, newest first.',
    async run(read, service) {
      let limit = LIST_MAX
      let beforeId: number | null = null
      while (!read.isAtEnd) {
        const word = read.keyword('LIMIT', 'BEFORE')
        if (word === 'LIMIT') limit = read.integer('the limit', { min: 1, max: LIST_MAX })
        else if (word === 'BEFORE') beforeId = read.integer('the id', { min: 1 })
        else read.end()
      }
      return array((await service.list({ limit, beforeId })).map(rowReply))
    },
  },
  INFO: {
    usage: 'ADMIN.BACKUP INFO id',
    summary: 'One backup, its chain and its files.',
    run: async (read, service) => infoReply(await service.info(lastId(read))),
  },
  VERIFY: {
    usage: 'ADMIN.BACKUP VERIFY id [LEVEL presence|checksum|deep]',
    summary: 'Proves the files of a backup and of its chain.',
    async run(read, service) {
      const backupId = read.integer('the id', { min: 1 })
      const level = read.keyword('LEVEL') === null ? 'CHECKSUM' : read.keyword('PRESENCE', 'CHECKSUM', 'DEEP')
      if (level === null) {
        read.end()
        return read.missing('the level')
      }
      read.end()
      const levels = { PRESENCE: 'presence', CHECKSUM: 'checksum', DEEP: 'deep' } as const
      return verificationReply(await service.verify(backupId, levels[level]))
    },
  },
  DELETE: {
    usage: 'ADMIN.BACKUP DELETE id [FORCE]',
    summary: 'Removes a backup. FORCE also removes those that need it, and answers their ids.',
    async run(read, service) {
      const backupId = read.integer('the id', { min: 1 })
      const isForced = read.keyword('FORCE') !== null
      read.end()
      const removed = await service.remove(backupId, { isForced })
      return isForced ? array(removed.map(integer)) : okReply
    },
  },
  RETENTION: {
    usage: 'ADMIN.BACKUP RETENTION GET | SET [MAXCOUNT n] [MAXAGE days]',
    summary: 'How many backups are kept, and for how long; 0 = no limit.',
    async run(read, service) {
      if (read.keyword('GET') !== null) {
        read.end()
        return policyReply(service.policy())
      }
      if (read.keyword('SET') === null) return read.missing('GET or SET')
      const change: { maxCount?: number; maxAgeDays?: number } = {}
      while (!read.isAtEnd) {
        const word = read.keyword('MAXCOUNT', 'MAXAGE')
        if (word === 'MAXCOUNT') change.maxCount = read.integer('the count', { max: 1_000_000 })
        else if (word === 'MAXAGE') change.maxAgeDays = read.integer('the age in days', { max: 100_000 })
        else read.end()
      }
      return policyReply(await service.setRetention(change))
    },
  },
  PRUNE: {
    usage: 'ADMIN.BACKUP PRUNE [DRYRUN]',
    summary: 'Removes what retention says, or tells what it would remove.',
    async run(read, service) {
      const isDryRun = read.keyword('DRYRUN') !== null
      read.end()
      const pruned = await service.prune({ isDryRun })
      return array(pruned.map(({ backupId, rule }) => array([integer(backupId), bulk(rule)])))
    },
  },
  SCHEDULE: {
    usage: 'ADMIN.BACKUP SCHEDULE GET | SET [FULL cron] [INCREMENTAL cron] [VERIFY cron]',
    summary: 'When backups are made by themselves; cron patterns in UTC, an empty one for never.',
    async run(read, service) {
      if (read.keyword('GET') !== null) {
        read.end()
        return scheduleReply(service.policy())
      }
      if (read.keyword('SET') === null) return read.missing('GET or SET')
      const change: { full?: string | null; incremental?: string | null; verify?: string | null } = {}
      while (!read.isAtEnd) {
        const word = read.keyword('FULL', 'INCREMENTAL', 'VERIFY')
        if (word === null) {
          read.end()
          break
        }
        const pattern = read.text('the cron pattern').trim()
        change[word.toLowerCase() as 'full' | 'incremental' | 'verify'] = pattern === '' ? null : pattern
      }
      return scheduleReply(await service.setSchedule(change))
    },
  },
  STATUS: {
    usage: 'ADMIN.BACKUP STATUS',
    summary: 'How far the archive is, what can be recovered, what runs.',
    run(read, service) {
      read.end()
      return statusReply(service.status())
    },
  },
  POINTS: {
    usage: 'ADMIN.BACKUP POINTS [FROM us] [TO us] [LIMIT n]',
    summary: 'The commits between two times (µs since 1970), oldest first.',
    async run(read, service) {
      let fromUs: number | null = null
      let toUs: number | null = null
      let limit = 1000
      while (!read.isAtEnd) {
        const word = read.keyword('FROM', 'TO', 'LIMIT')
        if (word === 'FROM') fromUs = read.integer('the time')
        else if (word === 'TO') toUs = read.integer('the time')
        else if (word === 'LIMIT') limit = read.integer('the limit', { min: 1, max: LIST_MAX })
        else read.end()
      }
      return array((await service.points({ fromUs, toUs, limit })).map(pointReply))
    },
  },
  FETCH: {
    usage: 'ADMIN.BACKUP FETCH path offset length',
    summary: 'Bytes of a file of the repository, at most 8 MiB.',
    async run(read, service) {
      const path = read.text('the path')
      const offsetBytes = read.integer('the offset')
      const lengthBytes = read.integer('the length', { max: FETCH_BYTES_MAX })
      read.end()
      return bulk(await service.fetch(path, offsetBytes, lengthBytes))
    },
  },
  ...recoverySubcommands,
}

/** For COMMAND DOCS. How many words each takes is told by its own complaint, which says how it is written right. */
export function subcommandFacts(): CommandFacts[] {
  const help = { name: 'HELP', arity: -2, summary: 'How the subcommands are written.' }
  return [...Object.entries(subcommands).map(([name, { summary }]) => ({ name, arity: -2, summary })), help]
}

/** `ADMIN.BACKUP subcommand …`; the words after the command's name. */
export function runAdminBackup(words: readonly Uint8Array[], service: BackupService): Promise<Reply> | Reply {
  const [first, ...rest] = words
  const name = Buffer.from(first ?? [])
    .toString('latin1')
    .slice(0, 32)
    .toUpperCase()
  if (name === 'HELP' || first === undefined) return helpReply()
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  if (subcommand === undefined) {
    throw new AppError('BAD_REQUEST', {
      message: `unknown subcommand '${name}'`,
      nextStep: 'Try ADMIN.BACKUP HELP.',
    })
  }
  return subcommand.run(new ArgumentReader(rest, subcommand.usage), service)
}

/** `ADMIN.STATUS` is `ADMIN.BACKUP STATUS`. */
export function runAdminStatus(words: readonly Uint8Array[], service: BackupService): Reply {
  new ArgumentReader(words, 'ADMIN.STATUS').end()
  return statusReply(service.status())
}

function helpReply(): Reply {
  const lines = [...Object.values(subcommands), { usage: PITR_USAGE, summary: PITR_SUMMARY }]
  return array(lines.flatMap(({ usage, summary }) => [simple(usage), simple(`    ${summary}`)]))
}

function lastId(read: ArgumentReader): number {
  const backupId = read.integer('the id', { min: 1 })
  read.end()
  return backupId
}

function labelOf(text: string): string {
  const label = text.slice(0, LABEL_CHARACTERS_MAX + 1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a label
  if (label.length <= LABEL_CHARACTERS_MAX && !/[\u0000-\u001f\u007f]/.test(label)) return label
  throw new AppError('BAD_REQUEST', {
    message: `a label has at most ${LABEL_CHARACTERS_MAX} characters, none of them a control character`,
    nextStep: 'Write ADMIN.BACKUP CREATE LABEL text with a shorter text.',
  })
}
