import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Count, callErrors, ErrorInfo, JobId, ServerId, SourceId, TimeUs } from './common.ts'
import { VerificationLevel } from './verify.ts'

/**
 * connecting: not asked yet since the start · ready: ADMIN.BACKUP answers · without-backup: a server, but without that
 * command · refused: it wants other credentials, or its password again after a start · unreachable: also a certificate
 * that is not trusted. The reason is in `error`.
 */
const ServerState = z.enum(['connecting', 'ready', 'without-backup', 'refused', 'unreachable'])

/** What this server is known to take. The rest is not offered: nothing is tried out on a server. */
const ServerCapabilities = z.strictObject({
  create: z.boolean(),
  /** a backup of a chosen kind, with a label */
  kindsAndLabels: z.boolean(),
  verify: z.boolean(),
  /** a verification of a chosen level */
  verifyLevels: z.boolean(),
  prune: z.boolean(),
})

/** What a server says about its archive; null where it does not say. */
export const ServerStatus = z.strictObject({
  timeline: z.string().nullable(),
  lastSequence: Count.nullable(),
  archivedSequence: Count.nullable(),
  archiveLagUs: Count.nullable(),
  recoverableFromUs: TimeUs.nullable(),
  recoverableToUs: TimeUs.nullable(),
  /** what it is doing, in its words */
  job: z.string().nullable(),
  /** 0 to 1 */
  progress: z.number().nullable(),
})
export type ServerStatus = z.infer<typeof ServerStatus>

/** A backup in the words of the server. Its id is opaque: other servers count otherwise. */
export const ServerBackup = z.strictObject({
  id: z.string(),
  /** false: read from a reply of unknown shape; nothing that changes something is done with it */
  isCertain: z.boolean(),
  kind: z.string().nullable(),
  state: z.string().nullable(),
  createdAtUs: TimeUs.nullable(),
  firstSequence: Count.nullable(),
  lastSequence: Count.nullable(),
  sizeBytes: Count.nullable(),
  fileCount: Count.nullable(),
  baseId: z.string().nullable(),
  label: z.string().nullable(),
  verifiedAtUs: TimeUs.nullable(),
  /** what else the server said, as it came; long texts are cut */
  otherFields: z.array(z.strictObject({ name: z.string(), text: z.string() })),
})
export type ServerBackup = z.infer<typeof ServerBackup>

export const Server = z.strictObject({
  serverId: ServerId,
  name: z.string(),
  host: z.string(),
  port: z.number().int().min(1).max(65535),
  userName: z.string().nullable(),
  isTls: z.boolean(),
  /** the demo's own sandbox, which ends with Lifeboat */
  isDemo: z.boolean(),
  state: ServerState,
  /** also of a ready server: what it did not answer as expected */
  error: ErrorInfo.nullable(),
  /** null as long as it has not been asked since the start */
  capabilities: ServerCapabilities.nullable(),
  /** the job whose command it carries out now, even when the job was stopped: nothing else that changes it is sent */
  jobId: JobId.nullable(),
  /** "Lifeboat 0.1.0", "Samyama 1.11.0": as far as it says */
  product: z.string().nullable(),
  status: ServerStatus.nullable(),
  backupCount: Count.nullable(),
  newestBackupAtUs: TimeUs.nullable(),
  /** its repository, where this machine can read it: opened as a source */
  sourceId: SourceId.nullable(),
  /** when it last answered: what is known of it is of then */
  checkedAtUs: TimeUs.nullable(),
})
export type Server = z.infer<typeof Server>

/** First event: the whole list. Then one event per change. */
export const ServerEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('snapshot'), servers: z.array(Server) }),
  z.strictObject({ type: z.literal('changed'), server: Server }),
  z.strictObject({ type: z.literal('forgotten'), serverId: ServerId }),
])
export type ServerEvent = z.infer<typeof ServerEvent>

export const ServerBackupList = z.strictObject({
  /** newest first as the server has them; at most 10,000 */
  backups: z.array(ServerBackup),
  /** when it was read; null: never. Before now, when the server cannot be asked */
  readAtUs: TimeUs.nullable(),
  /** what made reading the reply uncertain */
  warnings: z.array(z.string()),
  /** the reply as it came, when it was not understood */
  rawReply: z.string().nullable(),
})
export type ServerBackupList = z.infer<typeof ServerBackupList>

/** A backup that retention takes; `rule` null: the server does not say which. */
const PrunedBackup = z.strictObject({ id: z.string(), rule: z.string().nullable() })
export type PrunedBackup = z.infer<typeof PrunedBackup>

/** A command that changes something on a server, as it was sent once. Kept for good, forgotten servers included. */
export const SentCommand = z.strictObject({
  serverId: ServerId,
  serverName: z.string(),
  address: z.string(),
  userName: z.string().nullable(),
  command: z.string(),
  sentAtUs: TimeUs,
  /** sent: no reply is on record · done · failed: the server refused it, or it never left · unknown: nobody can say */
  outcome: z.enum(['sent', 'done', 'failed', 'unknown']),
  finishedAtUs: TimeUs.nullable(),
  /** the reply or the error, cleaned, cut at 64 KiB */
  reply: z.string().nullable(),
})
export type SentCommand = z.infer<typeof SentCommand>

const call = oc.errors(callErrors)
const ref = z.strictObject({ serverId: ServerId })
const started = z.strictObject({ jobId: JobId })

export const servers = {
  list: call.output(z.array(Server)),
  watch: call.output(eventIterator(ServerEvent)),
  /**
   * Notes a server, asks it, and answers with what it is, refused and unreachable ones too. One that is there already (host, port
   * and user) is noted anew. Passwords are kept in memory only, and asked for again after a start.
   */
  add: call
    .input(
      z.strictObject({
        name: z.string().max(200).nullable(),
        host: z.string().min(1).max(253),
        port: z.number().int().min(1).max(65535),
        userName: z.string().max(256).nullable(),
        password: z.string().max(4096).nullable(),
        /** null: no TLS. caPem null: the authorities that this machine trusts */
        tls: z.strictObject({ caPem: z.string().max(65_536).nullable() }).nullable(),
      }),
    )
    .output(Server),
  /** Gives the password again, after a start or a refusal. */
  logIn: call.input(z.strictObject({ serverId: ServerId, password: z.string().max(4096) })).output(Server),
  /** Takes a server out of the list; a demo's sandbox ends. Nothing is sent to it. */
  forget: call.input(ref).output(z.strictObject({})),
  /** Asks it anew. */
  refresh: call.input(ref).output(Server),
  /** The list, read anew where the server can be asked; else as it was known. */
  backups: call.input(ref).output(ServerBackupList),
  /**
   * Makes a backup, as a job. It is sent once; what became of a lost reply is looked up in the list, and the outcome is unknown
   * when that does not tell. Cancelling stops the waiting, never the server.
   */
  create: call
    .input(
      z.strictObject({
        serverId: ServerId,
        /** null: the server's own choice, the only one without `kindsAndLabels` */
        kind: z.enum(['full', 'incremental']).nullable(),
        label: z.string().max(200).nullable(),
      }),
    )
    .output(started),
  /** Has the server verify a backup, as a job. level null: its own choice, the only one without `verifyLevels`. */
  verify: call
    .input(z.strictObject({ serverId: ServerId, id: z.string().min(1).max(128), level: VerificationLevel.nullable() }))
    .output(started),
  /** What retention on the server would remove now, with the rule for each. */
  prunePreview: call.input(ref).output(z.strictObject({ pruned: z.array(PrunedBackup) })),
  /** Removes what the preview showed; refused when it would be something else by now. */
  prune: call
    .input(z.strictObject({ serverId: ServerId, expectedIds: z.array(z.string().min(1).max(128)).max(100_000) }))
    .output(z.strictObject({ pruned: z.array(PrunedBackup) })),
  /** What was sent, newest first; of one server or of all (null). */
  sentCommands: call
    .input(z.strictObject({ serverId: ServerId.nullable(), limit: z.number().int().positive().max(1000) }))
    .output(z.array(SentCommand)),
  /** Starts a sandbox with data, backups and an accident, and adds it with its repository, as a job; the running one, if any. */
  startDemo: call.output(started),
}
