import type { Backup, BackupDetail, RestorePlan, Verification, VerificationLevel, VerificationProblem } from '#contract'
import type { Connection } from './connection.svelte.ts'

export type BackupRef = { readonly sourceId: number; readonly backupId: number }
export type RestoreTarget = BackupRef & { readonly targetPath: string }

/** What can be asked about backups and done with them. Work that takes time answers with its job. */
export class Backups {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Newest first. */
  list(sourceId: number): Promise<Backup[]> {
    return this.#connection.call((client) => client.backups.list({ sourceId }))
  }

  get(ref: BackupRef): Promise<BackupDetail> {
    return this.#connection.call((client) => client.backups.get({ sourceId: ref.sourceId, backupId: ref.backupId }))
  }

  /** Starts a verification of some backups, or with null of all, and answers with its job. */
  async verify(sourceId: number, backupIds: number[] | null, level: VerificationLevel): Promise<number> {
    const { jobId } = await this.#connection.call((client) => client.verify.start({ sourceId, backupIds, level }))
    return jobId
  }

  /** Newest first; of one backup, or with null of the whole source. */
  verifications(sourceId: number, backupId: number | null): Promise<Verification[]> {
    return this.#connection.call((client) => client.verify.list({ sourceId, backupId }))
  }

  verification(verificationId: number): Promise<{ verification: Verification; problems: VerificationProblem[] }> {
    return this.#connection.call((client) => client.verify.get({ verificationId }))
  }

  restorePlan(target: RestoreTarget): Promise<RestorePlan> {
    return this.#connection.call((client) => client.restore.plan(target))
  }

  /** Starts a restore and answers with its job. */
  async restore(target: RestoreTarget): Promise<number> {
    const { jobId } = await this.#connection.call((client) => client.restore.start(target))
    return jobId
  }
}
