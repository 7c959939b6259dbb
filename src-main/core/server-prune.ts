import type { PrunedBackup } from '#contract'
import type { Removal } from '../servers/read-reply/read-removal.ts'
import type { ServerSession } from '../servers/server-session.ts'
import { commandText, type ServerAudit } from './server-audit.ts'
import { pruneChanged, replyNotUnderstood, withoutIds } from './server-errors.ts'
import type { ServerLink } from './server-link.ts'

/** What retention on the server would take now. @throws AppError */
export function previewPrune(link: ServerLink): Promise<PrunedBackup[]> {
  return link.exclusively('telling what its retention would remove', null, async (session) =>
    (await preview(link, session)).map(({ id, rule }) => ({ id, rule })),
  )
}

/**
 * Applies retention when it would take just what was looked at.
 * @throws AppError SOURCE_CHANGED and nothing was sent but the preview; OUTCOME_UNKNOWN
 */
export function pruneServer(
  link: ServerLink,
  audit: ServerAudit,
  expectedIds: readonly string[],
): Promise<PrunedBackup[]> {
  return link.exclusively('removing backups', null, async (session) => {
    const removals = await preview(link, session)
    const expected = new Set(expectedIds)
    const ids = new Set(removals.map(({ id }) => id))
    if (withoutIds(ids, expected).length + withoutIds(expected, ids).length > 0)
      throw pruneChanged(link.address, expected, ids)
    if (ids.size === 0) return []
    const sent = audit.begin(link, commandText(['ADMIN.BACKUP', 'PRUNE']))
    try {
      const { gone, reading, error } = await session.prune()
      // a lost reply is no loss when the list shows what was expected
      if (error !== null && withoutIds(ids, new Set(gone)).length > 0) throw error
      sent.settle({ outcome: 'done', reply: reading?.rawText ?? null })
      const rules = new Map([...removals, ...(reading?.value ?? [])].map(({ id, rule }) => [id, rule]))
      return gone.map((id) => ({ id, rule: rules.get(id) ?? null }))
    } catch (thrown) {
      sent.settleError(thrown)
      throw thrown
    }
  })
}

/** A guess is for showing alone, and here it would decide what is removed. */
async function preview(link: ServerLink, session: ServerSession): Promise<readonly Removal[]> {
  const { reading } = await session.pruneDryRun()
  if (reading.understood && reading.confidence !== 'guess') return reading.value
  throw replyNotUnderstood(link.address, 'the preview of its retention', reading.rawText)
}
