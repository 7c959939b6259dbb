import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AppError } from '#base/app-error.ts'
import { writeFileDurably } from '#base/durable-file.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import { fileError } from '#base/file-error.ts'
import { errorCodes, type PlannedRecovery, type ProofLevel, RecoveryPlan, type RecoveryRefusal } from '#contract'
import type { Core } from '../../../core/create-core.ts'
import type { AskedPoint } from '../point-options.ts'
import { nearestText, planText, refusalText, reportText } from '../recovery-text.ts'
import { bytes, print } from '../render.ts'
import { type CommandOptions, openIndexed, resultOf, withCore } from '../session.ts'
import { targetOf } from '../typed-target.ts'
import { badArgument } from '../usage.ts'

export type RecoverOptions = CommandOptions & {
  /** null only for a dry run */
  readonly targetPath: string | null
  readonly timeline: string | null
  readonly proofLevel: ProofLevel
  readonly rateLimitBytesPerSecond: number
  readonly savePlan: string | null
  readonly report: string | null
  readonly dryRun: boolean
}

/** `lifeboat restore` with a point or with a saved plan: plans it, shows it or carries it out, and proves the result. */
export function recover(
  directory: string,
  asked: AskedPoint | { readonly kind: 'plan'; readonly path: string },
  options: RecoverOptions,
): Promise<void> {
  return withCore(options, async (core) => {
    const { sourceId } = await openIndexed(core, directory)
    const { planned, readAs } = await planOf(core, sourceId, asked, options.timeline)
    if (planned.kind === 'refused') {
      if (!options.dryRun) throw refused(planned.refusal)
      return showRefusal(planned.refusal, readAs, options.json)
    }
    const { plan } = planned
    if (options.savePlan !== null) {
      writeFileDurably(resolve(options.savePlan), Buffer.from(`${JSON.stringify(plan, null, 2)}\n`))
    }
    if (options.dryRun) return showPlan(core, plan, readAs, options)
    if (options.targetPath === null) throw noTarget()
    await run(core, sourceId, plan, options.targetPath, options)
  })
}

async function planOf(
  core: Core,
  sourceId: number,
  asked: AskedPoint | { readonly kind: 'plan'; readonly path: string },
  timeline: string | null,
): Promise<{ planned: PlannedRecovery; readAs: string | null }> {
  if (asked.kind === 'plan') return { planned: { kind: 'planned', plan: readPlan(asked.path) }, readAs: null }
  const { target, readAs } =
    asked.kind === 'target' ? { target: asked.target, readAs: null } : await targetOf(core, sourceId, asked)
  return { planned: await core.client.recovery.plan({ sourceId, timeline, target }), readAs }
}

function readPlan(path: string): RecoveryPlan {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(cause, path)
  }
  const how = 'Save one with --save-plan, together with --dry-run.'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badArgument('not a plan', path, how)
  }
  const parsed = RecoveryPlan.safeParse(value)
  if (parsed.success) return parsed.data
  throw badArgument('not a plan', path, how)
}

async function showPlan(
  core: Core,
  plan: RecoveryPlan,
  readAs: string | null,
  { targetPath, json }: RecoverOptions,
): Promise<void> {
  const preflight =
    targetPath === null ? null : await core.client.recovery.preflight({ plan, targetPath: resolve(targetPath) })
  const [refusal] = preflight?.refusals ?? []
  if (refusal !== undefined) process.exitCode = errorCodes[refusal.code]
  print(json, { kind: 'planned', readAs, plan, preflight }, () =>
    [
      ...(readAs === null ? [] : [readAs]),
      planText(plan),
      ...(preflight === null ? [] : [placeText(preflight)]),
      ...(preflight?.refusals ?? []).map(refusalText),
    ].join('\n'),
  )
}

function placeText({
  resolvedTargetPath,
  freeBytes,
  resumesJobId,
}: {
  resolvedTargetPath: string
  freeBytes: number | null
  resumesJobId: number | null
}): string {
  const free = freeBytes === null ? 'unknown' : bytes(freeBytes)
  const resumed = resumesJobId === null ? '' : ' An interrupted run of it is there, and is gone on with.'
  return `Into ${resolvedTargetPath}; free there: ${free}.${resumed}`
}

function showRefusal(refusal: RecoveryRefusal, readAs: string | null, json: boolean): void {
  process.exitCode = errorCodes[refusal.error.code]
  print(json, { kind: 'refused', readAs, refusal }, () =>
    [readAs, refusalText(refusal.error), nearestText(refusal)].filter((line) => line !== null).join('\n'),
  )
}

function refused(refusal: RecoveryRefusal): AppError {
  const { error } = refusal
  const nextStep = [error.nextStep, nearestText(refusal)].filter((part) => part !== null).join('\n')
  return fromErrorInfo({ ...error, nextStep: nextStep === '' ? null : nextStep })
}

async function run(
  core: Core,
  sourceId: number,
  plan: RecoveryPlan,
  targetPath: string,
  { json, proofLevel, rateLimitBytesPerSecond, report: reportPath }: RecoverOptions,
): Promise<void> {
  const options = { proofLevel, rateLimitBytesPerSecond }
  const starting = core.client.recovery.start({ sourceId, plan, targetPath: resolve(targetPath), options })
  const end = { kind: 'recovery' as const, json, stopped: 'cancelled; nothing was left behind' }
  if ((await resultOf(core, starting, end)) === null) return
  const signed = await core.client.recovery.report(await starting)
  if (reportPath !== null) {
    writeFileDurably(resolve(reportPath), Buffer.from(`${JSON.stringify(signed, null, 2)}\n`))
  }
  if (!signed.report.proof.isEqual) process.exitCode = errorCodes.DAMAGED
  print(json, signed, () => reportText(signed))
}

function noTarget(): AppError {
  return badArgument('where to is missing', '--target', 'Write --target <path>: a directory that does not exist yet.')
}
