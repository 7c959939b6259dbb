import type {
  ActivityBucket,
  ArchivedCommit,
  PlannedRecovery,
  RecoveryOptions,
  RecoveryOverview,
  RecoveryPlan,
  SignedReport,
  TypedPoint,
} from '#contract'
import type { Client } from '../api/client.ts'
import type { Point } from '../base/recover-address.ts'
import type { Connection } from './connection.svelte.ts'

export type ActivityRange = { readonly fromUs: number; readonly toUs: number; readonly bucketCount: number }
export type CommitPlace = { readonly sequence: number } | { readonly timeUs: number }
export type Preflight = Awaited<ReturnType<Client['recovery']['preflight']>>

/** What can be asked about going back to a point, and the recovery itself. */
export class Recoveries {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  overview(sourceId: number): Promise<RecoveryOverview> {
    return this.#connection.call((client) => client.recovery.overview({ sourceId }))
  }

  activity(
    sourceId: number,
    timeline: string | null,
    { fromUs, toUs, bucketCount }: ActivityRange,
    signal: AbortSignal,
  ): Promise<ActivityBucket[]> {
    return this.#connection.call((client) =>
      client.recovery.activity({ sourceId, timeline, fromUs, toUs, bucketCount }, { signal }),
    )
  }

  /** In the order of their sequences, `count` on each side. */
  commitsAround(
    sourceId: number,
    timeline: string | null,
    at: CommitPlace,
    count: number,
    signal: AbortSignal,
  ): Promise<ArchivedCommit[]> {
    return this.#connection.call((client) =>
      client.recovery.commitsAround({ sourceId, timeline, at, beforeCount: count, afterCount: count }, { signal }),
    )
  }

  typedPoint(sourceId: number, text: string, zone: string): Promise<TypedPoint> {
    return this.#connection.call((client) => client.recovery.typedPoint({ sourceId, text, zone }))
  }

  plan(sourceId: number, timeline: string | null, target: Point, signal: AbortSignal): Promise<PlannedRecovery> {
    return this.#connection.call((client) => client.recovery.plan({ sourceId, timeline, target }, { signal }))
  }

  preflight(plan: RecoveryPlan, targetPath: string): Promise<Preflight> {
    return this.#connection.call((client) => client.recovery.preflight({ plan, targetPath }))
  }

  /** Starts the recovery and answers with its job. */
  async start(sourceId: number, plan: RecoveryPlan, targetPath: string, options: RecoveryOptions): Promise<number> {
    const { jobId } = await this.#connection.call((client) =>
      client.recovery.start({ sourceId, plan, targetPath, options }),
    )
    return jobId
  }

  report(jobId: number): Promise<SignedReport> {
    return this.#connection.call((client) => client.recovery.report({ jobId }))
  }
}
