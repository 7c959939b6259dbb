import type { ServerBackupList, ServerStatus } from '#contract'
import type { ReadDatabase, WriteDatabase } from './open.ts'
import { statement } from './statements.ts'
import { withoutSync } from './without-sync.ts'

/** Where a server is and how it is spoken to; passwords are never kept. */
export type ServerRecord = {
  readonly serverId: number
  readonly name: string
  readonly host: string
  readonly port: number
  readonly userName: string | null
  readonly needsPassword: boolean
  readonly isTls: boolean
  readonly caPem: string | null
  readonly demoInstanceId: string | null
  readonly sourceId: number | null
}

export type NewServer = Omit<ServerRecord, 'serverId' | 'sourceId'> & { readonly addedAtUs: number }

/** What a server last said of itself. */
export type ServerFacts = {
  readonly product: string | null
  readonly status: ServerStatus | null
  readonly backupCount: number | null
  readonly newestBackupAtUs: number | null
  readonly checkedAtUs: number | null
}

type ServerRow = {
  server_id: number
  name: string
  host: string
  port: number
  user_name: string | null
  needs_password: number
  is_tls: number
  ca_pem: string | null
  demo_instance_id: string | null
  source_id: number | null
}

const COLUMNS = `server_id, name, host, port, user_name, needs_password, is_tls, ca_pem, demo_instance_id, source_id`

/** In the order in which they were added. */
export function serversAdded(database: ReadDatabase): ServerRecord[] {
  return (statement(database, `select ${COLUMNS} from server order by server_id`).all() as ServerRow[]).map(toRecord)
}

/** Notes a server; one that is there already (host, port, user) keeps its id and what is known of it. */
export function noteServer(database: WriteDatabase, server: NewServer): ServerRecord {
  const row = statement(
    database,
    `insert into server (name, host, port, user_name, needs_password, is_tls, ca_pem, demo_instance_id, added_at_us)
     values (:name, :host, :port, :userName, :needsPassword, :isTls, :caPem, :demoInstanceId, :addedAtUs)
     on conflict (host, port, coalesce(user_name, '')) do update set name = :name, needs_password = :needsPassword,
       is_tls = :isTls, ca_pem = :caPem, demo_instance_id = :demoInstanceId returning ${COLUMNS}`,
  ).get({ ...server, needsPassword: server.needsPassword ? 1 : 0, isTls: server.isTls ? 1 : 0 })
  return toRecord(row as ServerRow)
}

export function setServerSource(database: WriteDatabase, serverId: number, sourceId: number): void {
  statement(database, 'update server set source_id = ? where server_id = ?').run(sourceId, serverId)
}

/** From now on it wants a password. */
export function setNeedsPassword(database: WriteDatabase, serverId: number): void {
  statement(database, 'update server set needs_password = 1 where server_id = ?').run(serverId)
}

/** What was sent to it stays on record. */
export function forgetServer(database: WriteDatabase, serverId: number): void {
  statement(database, 'delete from server where server_id = ?').run(serverId)
}

/** Takes out the sandboxes of demos whose process is gone: they ended with it. */
export function forgetEndedDemos(database: WriteDatabase): void {
  statement(
    database,
    `delete from server where demo_instance_id is not null
       and demo_instance_id not in (select instance_id from core_instance)`,
  ).run()
}

/** Keeps what a server said; its list only when it is given. */
export function keepServerFacts(
  database: WriteDatabase,
  serverId: number,
  facts: ServerFacts,
  list: ServerBackupList | null,
): void {
  const update = statement(
    database,
    `update server set product = :product, status = :status, backup_count = :backupCount,
       newest_backup_at_us = :newestBackupAtUs, checked_at_us = :checkedAtUs, backup_list = coalesce(:list, backup_list)
     where server_id = :serverId`,
  )
  const values = { ...facts, serverId, status: json(facts.status), list: json(list) }
  withoutSync(database, () => update.run(values))
}

/** What was last known of a server. */
export function serverFacts(database: ReadDatabase, serverId: number): ServerFacts {
  const row = statement(
    database,
    `select product, status, backup_count as backupCount, newest_backup_at_us as newestBackupAtUs,
       checked_at_us as checkedAtUs from server where server_id = ?`,
  ).get(serverId) as (Omit<ServerFacts, 'status'> & { status: string | null }) | undefined
  if (row === undefined) {
    return { product: null, status: null, backupCount: null, newestBackupAtUs: null, checkedAtUs: null }
  }
  return { ...row, status: row.status === null ? null : (JSON.parse(row.status) as ServerStatus) }
}

/** The list that was last kept; null: none. */
export function serverBackupList(database: ReadDatabase, serverId: number): ServerBackupList | null {
  const row = statement(database, 'select backup_list as list from server where server_id = ?').get(serverId)
  const list = (row as { list: string | null } | undefined)?.list ?? null
  return list === null ? null : (JSON.parse(list) as ServerBackupList)
}

function toRecord(row: ServerRow): ServerRecord {
  return {
    serverId: row.server_id,
    name: row.name,
    host: row.host,
    port: row.port,
    userName: row.user_name,
    needsPassword: row.needs_password === 1,
    isTls: row.is_tls === 1,
    caPem: row.ca_pem,
    demoInstanceId: row.demo_instance_id,
    sourceId: row.source_id,
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
