import { flat, raw } from './encode-reply.ts'
import type { Peer, Script } from './scripted-server.ts'

export type PlayedBackup = { id: number; kind: string; label: string }

export type PlayedAgent = {
  readonly backups: PlayedBackup[]
  readonly script: Script
}

/** Takes a command instead of the played server; true: it has answered, or chose not to. */
export type Override = (command: readonly string[], peer: Peer, backups: PlayedBackup[]) => boolean

/** Plays our own agent as far as these tests need one: newest first, RESP2. */
export function playAgent(override: Override = () => false, count = 2): PlayedAgent {
  const backups = Array.from({ length: count }, (_, index) => ({ id: index + 1, kind: 'full', label: '' }))
  const script: Script = (command, peer) => {
    if (override(command, peer, backups)) return
    peer.send(answer(command, backups))
  }
  return { backups, script }
}

export function agentRow(backup: PlayedBackup): unknown[] {
  return flat({
    id: backup.id,
    kind: backup.kind,
    state: 'complete',
    created_us: 1_770_000_000_000_000 + backup.id,
    first_seq: backup.id * 10,
    last_seq: backup.id * 10 + 9,
    bytes: 4096,
    files: 3,
    base: null,
    label: backup.label,
    verified_us: null,
  })
}

/** Adds a backup as CREATE does. */
export function addBackup(command: readonly string[], backups: PlayedBackup[]): PlayedBackup {
  const label = command[command.indexOf('LABEL') + 1] ?? ''
  const backup = {
    id: Math.max(0, ...backups.map((each) => each.id)) + 1,
    kind: command.includes('FULL') ? 'full' : 'incremental',
    label: command.includes('LABEL') ? label : '',
  }
  backups.push(backup)
  return backup
}

function answer(command: readonly string[], backups: PlayedBackup[]): string | Buffer {
  const [name, subcommand, id] = command
  if (name === 'PING') return '+PONG\r\n'
  if (name === 'INFO') return raw('# Server\r\nlifeboat_version:0.1.0\r\n')
  if (name !== 'ADMIN.BACKUP') return `-ERR unknown command '${name}'\r\n`
  if (subcommand === 'LIST') return raw(page(command, backups).map(agentRow))
  if (subcommand === 'CREATE') return `:${addBackup(command, backups).id}\r\n`
  if (subcommand === 'STATUS')
    return raw(['timeline', 't1', 'last_seq', 9, 'archived_seq', 8, 'job', 'create', 'progress', '43 %'])
  if (subcommand === 'VERIFY')
    return raw(
      flat({ id: Number(id), level: 'checksum', result: 'passed', bytes: 1, files: 1, duration_us: 5, problems: [] }),
    )
  if (subcommand === 'INFO')
    return raw([...agentRow(backups.find((each) => String(each.id) === id)!), 'chain', [Number(id)]])
  if (subcommand === 'RETENTION') return raw(['maxcount', 7, 'maxage', 30])
  if (subcommand === 'DELETE') {
    backups.splice(
      backups.findIndex((each) => String(each.id) === id),
      1,
    )
    return '+OK\r\n'
  }
  if (subcommand !== 'PRUNE') return '-ERR unknown subcommand\r\n'
  const oldest = command.includes('DRYRUN') ? backups[0] : backups.shift()
  return raw([[oldest?.id, 'maxcount 7']])
}

function page(command: readonly string[], backups: readonly PlayedBackup[]): PlayedBackup[] {
  const limit = command.includes('LIMIT') ? Number(command[command.indexOf('LIMIT') + 1]) : backups.length
  const before = command.includes('BEFORE') ? Number(command[command.indexOf('BEFORE') + 1]) : Number.MAX_SAFE_INTEGER
  return backups
    .filter((backup) => backup.id < before)
    .toSorted((left, right) => right.id - left.id)
    .slice(0, limit)
}
