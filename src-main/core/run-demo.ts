import type { Clock } from '#base/clock.ts'
import { demoAccident } from '../sandbox/demo/demo-accident.ts'
import { seedDemo } from '../sandbox/demo/seed-demo.ts'
import type { RunningSandbox } from './create-sandbox.ts'

const SEED = 20_260_304
/** parts of the history after which a backup is made */
const BACKUPS = [
  { afterPart: 0.6, kind: 'full', label: 'nightly' },
  { afterPart: 0.8, kind: 'incremental', label: 'noon' },
  { afterPart: 1, kind: 'incremental', label: 'before the clean-up' },
] as const
const ACCIDENT_LABEL = 'Customer'

export type DemoStep = { readonly step: string; readonly doneCount: number; readonly totalCount: number }

export type DemoResult = {
  readonly accidentAtUs: number
  /** the last sequence before the accident */
  readonly lastGoodSequence: number
  readonly fullId: number
  readonly incrementIds: readonly number[]
}

/**
 * Makes what somebody can try everything out on: a month of business with a full backup and two incremental ones, then an
 * accident, and work that went on after it.
 * @throws AppError BAD_REQUEST when the sandbox is not empty; what making data or backups throws
 */
export async function runDemo(
  { store, agent, archive }: RunningSandbox,
  clock: Clock,
  onStep: (step: DemoStep) => void,
): Promise<DemoResult> {
  const backupIds: number[] = []
  await seedDemo(store, {
    nowUs: clock.nowUs(),
    seed: SEED,
    async afterCommit(doneCount, totalCount) {
      const due = BACKUPS[backupIds.length]
      if (due === undefined || doneCount < due.afterPart * totalCount) {
        if (doneCount % 500 === 0) onStep({ step: 'Writing a month of business', doneCount, totalCount })
        return
      }
      await store.settled()
      onStep({ step: `Making ${due.kind === 'full' ? 'a full' : 'an incremental'} backup`, doneCount, totalCount })
      const { kind, label } = due
      backupIds.push(await agent.create({ kind, label, isAsync: false }))
    },
  })
  const accident = await demoAccident(store, { nowUs: clock.nowUs(), seed: SEED + 1, label: ACCIDENT_LABEL })
  onStep({ step: 'The accident happened', doneCount: 1, totalCount: 1 })
  await archive.reached(store.lastSequence)
  const [fullId = 0, ...incrementIds] = backupIds
  return {
    accidentAtUs: accident.commit.committedAtUs,
    lastGoodSequence: accident.commit.firstSequence - 1,
    fullId,
    incrementIds,
  }
}
