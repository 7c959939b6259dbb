import { errorCodes, type VerificationLevel } from '#contract'
import { bytes, print } from '../render.ts'
import { type CommandOptions, openIndexed, resultOf, withCore } from '../session.ts'
import { backupIdOf } from '../state.ts'

/** `lifeboat verify`: exit status 0 when everything that was checked is sound, 5 when something is damaged. */
export function verify(
  path: string,
  options: CommandOptions & { backup: string[]; level: VerificationLevel },
): Promise<void> {
  return withCore(options, async (core) => {
    const { sourceId } = await openIndexed(core, path)
    const ids = await Promise.all(options.backup.map((given) => backupIdOf(core, sourceId, given)))
    const starting = core.client.verify.start({
      sourceId,
      backupIds: ids.length === 0 ? null : ids,
      level: options.level,
    })
    const end = { kind: 'verify' as const, json: options.json, stopped: 'stopped; nothing was changed' }
    const result = await resultOf(core, starting, end)
    if (result === null) return
    const found = await core.client.verify.get({ verificationId: result.verificationId })
    if (found.verification.outcome === 'failed') process.exitCode = errorCodes.DAMAGED
    print(options.json, found, () => {
      const { verification, problems } = found
      const head = `${verification.outcome}: ${verification.backupCount} backups, ${verification.fileCount} files, ${bytes(verification.checkedBytes)} read`
      const unprovable =
        verification.unprovableFileCount === 0
          ? []
          : [`${verification.unprovableFileCount} files have no checksum to compare with`]
      const lines = problems.map(
        (problem) =>
          `${problem.kind}: ${problem.path}: expected ${problem.expected ?? '?'}, found ${problem.found ?? '?'} (backups ${problem.backupIds.join(', ')})`,
      )
      return [head, ...unprovable, ...lines].join('\n')
    })
  })
}
