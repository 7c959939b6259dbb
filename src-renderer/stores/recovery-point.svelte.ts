import type { ArchivedCommit, PlannedRecovery, RecoveryPlan, RecoveryRefusal } from '#contract'
import { formatPoint, type Point } from '../base/recover-address.ts'
import { LatestCall } from './latest-call.svelte.ts'
import type { Recoveries } from './recoveries.ts'

const planDelayMs = 120
const commitDelayMs = 60
const aroundCount = 50
/** So near to the end of the known commits the next ones are asked for. */
const edgeCount = 8

type Answer = { readonly question: string; readonly planned: PlannedRecovery }
type Known = { readonly timeline: string | null; readonly commits: readonly ArchivedCommit[] }

/** The point that a person is about to go back to: what it comes down to, and the commits around it. */
export class RecoveryPoint {
  point = $state.raw<Point>({ kind: 'latest' })
  /** null: the current one */
  timeline = $state.raw<string | null>(null)
  readonly plans = new LatestCall<Answer>()
  readonly around = new LatestCall<Known>()
  readonly #question = $derived(`${this.timeline ?? ''} ${formatPoint(this.point)}`)
  /** The plan for the point as it is now; null while it is on the way, and where it is refused. */
  plan: RecoveryPlan | null = $derived.by(() => {
    const answer = this.plans.value
    return answer?.question === this.#question && answer.planned.kind === 'planned' ? answer.planned.plan : null
  })
  refusal: RecoveryRefusal | null = $derived.by(() => {
    const answer = this.plans.value
    return answer?.question === this.#question && answer.planned.kind === 'refused' ? answer.planned.refusal : null
  })
  /** The last plan that came: it stays in view, marked as old, while the next one is on the way. */
  lastPlan: RecoveryPlan | null = $derived(
    this.plans.value?.planned.kind === 'planned' ? this.plans.value.planned.plan : null,
  )
  commits: readonly ArchivedCommit[] = $derived(this.around.value?.commits ?? [])
  /** The last sequence that is kept; of what was just chosen before its plan came; null: not known. */
  sequence: number | null = $derived.by(() => {
    if (this.plan !== null) return this.plan.effective.sequence
    if (this.point.kind === 'sequence') return this.point.sequence
    return this.point.kind === 'before' ? Math.max(0, this.point.sequence - 1) : null
  })
  /** When the last commit that is kept was made, or the time that was asked for. */
  timeUs: number | null = $derived.by(() => {
    if (this.point.kind === 'time' && this.plan === null) return this.point.timeUs
    const { sequence } = this
    const commit = this.commits.findLast(({ lastSequence }) => lastSequence === sequence)
    if (commit?.committedAtUs != null) return commit.committedAtUs
    return this.plan === null ? null : (this.plan.effective.lastKept?.committedAtUs ?? this.plan.base.createdAtUs)
  })
  readonly #recoveries: Recoveries
  readonly #sourceId: number

  constructor(recoveries: Recoveries, sourceId: number) {
    this.#recoveries = recoveries
    this.#sourceId = sourceId
  }

  choose(point: Point, timeline: string | null = this.timeline): void {
    this.point = point
    this.timeline = timeline
    this.#ask(planDelayMs)
  }

  /** Asks again: the repository may have changed, or the line was lost. */
  refresh(): void {
    this.#ask(0)
  }

  /** Keeps one commit more, or one less. Answers whether there is one. */
  step(direction: 1 | -1): boolean {
    const next = this.#neighbour(direction)
    if (next === null) return false
    this.choose(next)
    return true
  }

  stop(): void {
    this.plans.stop()
    this.around.stop()
  }

  #neighbour(direction: 1 | -1): Point | null {
    const { sequence, commits } = this
    if (sequence === null) return null
    if (direction === 1) {
      const next = commits.find(({ lastSequence }) => lastSequence > sequence)
      return next === undefined ? null : { kind: 'sequence', sequence: next.lastSequence }
    }
    const kept = commits.filter(({ lastSequence }) => lastSequence <= sequence)
    const before = kept.findLast(({ lastSequence }) => lastSequence < sequence)
    if (before !== undefined) return { kind: 'sequence', sequence: before.lastSequence }
    const first = kept[0]
    // the state before the first commit that is known: that of a full, if there is one
    return first === undefined ? null : { kind: 'before', sequence: first.firstSequence }
  }

  #ask(delayMs: number): void {
    const { point, timeline } = this
    const question = this.#question
    const call = async (signal: AbortSignal): Promise<Answer> => ({
      question,
      planned: await this.#recoveries.plan(this.#sourceId, timeline, point, signal),
    })
    this.plans.ask(delayMs, call, ({ planned }) => this.#lookAround(planned, timeline))
  }

  #lookAround(planned: PlannedRecovery, timeline: string | null): void {
    const near =
      planned.kind === 'planned'
        ? planned.plan.effective.sequence
        : (planned.refusal.nearestBefore ?? planned.refusal.nearestAfter)?.sequence
    if (near === undefined || this.#isAround(near, timeline)) return
    this.around.ask(commitDelayMs, async (signal) => ({
      timeline,
      commits: await this.#recoveries.commitsAround(this.#sourceId, timeline, { sequence: near }, aroundCount, signal),
    }))
  }

  #isAround(sequence: number, timeline: string | null): boolean {
    const known = this.around.value
    if (known === null || known.timeline !== timeline) return false
    const { commits } = known
    const from = commits[edgeCount]
    const to = commits.at(-1 - edgeCount)
    return from !== undefined && to !== undefined && from.lastSequence <= sequence && sequence <= to.lastSequence
  }
}
