import { resolve } from 'node:path'
import { errorCodes, type RestorePlan } from '#contract'
import { bytes, print } from '../render.ts'
import { type CommandOptions, openIndexed, resultOf, withCore } from '../session.ts'
import { backupIdOf } from '../state.ts'

/** `lifeboat restore`: into a directory that does not exist yet; `--dry-run` shows the plan and writes nothing. */
export function restore(
  path: string,
  options: CommandOptions & { backup: string; to: string; dryRun: boolean },
): Promise<void> {
  return withCore(options, async (core) => {
    const { sourceId } = await openIndexed(core, path)
    const backupId = await backupIdOf(core, sourceId, options.backup)
    const target = { sourceId, backupId, targetPath: resolve(options.to) }
    if (options.dryRun) {
      const plan = await core.client.restore.plan(target)
      const [refusal] = plan.refusals
      if (refusal !== undefined) process.exitCode = errorCodes[refusal.code]
      return print(options.json, plan, () => planText(plan))
    }
    const starting = core.client.restore.start(target)
    const end = { kind: 'restore' as const, json: options.json, stopped: 'cancelled; nothing was left behind' }
    const restored = await resultOf(core, starting, end)
    if (restored === null) return
    const { restore: result } = restored
    print(options.json, result, () =>
      [
        `restored backup ${backupId} to ${result.targetPath}`,
        `${result.fileCount} files, ${bytes(result.writtenBytes)}, ${result.provedFileCount} proved by their checksums, in ${(result.durationUs / 1e6).toFixed(1)} s`,
      ].join('\n'),
    )
  })
}

function planText(plan: RestorePlan): string {
  const free = plan.freeBytes === null ? 'unknown' : bytes(plan.freeBytes)
  return [
    `backup ${plan.backupId} → ${plan.targetPath}: ${plan.fileCount} files, ${bytes(plan.totalBytes)}; free there: ${free}`,
    ...plan.warnings,
    ...plan.refusals.map(
      (refusal) => `refused: ${refusal.message}: ${refusal.subject ?? ''}. ${refusal.nextStep ?? ''}`,
    ),
  ].join('\n')
}
