import type { ListedBackup } from './listed-backup.ts'
import type { CreateReply } from './read-create.ts'
import type { Confidence, Reading } from './reading.ts'

type ListReading = Reading<readonly ListedBackup[]>

/** What became of a CREATE, by the lists around it. `candidates` are for showing, never for acting. */
export type SettledCreate =
  | { readonly outcome: 'created'; readonly id: string; readonly confidence: Confidence; readonly reason: string }
  | { readonly outcome: 'not-seen'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly candidates: readonly string[]; readonly reason: string }

export type CreateEvidence = {
  readonly before: ListReading | null
  readonly after: ListReading | null
  /** null: the reply was lost or not understood */
  readonly reply: CreateReply | null
  /** the token put into the label, which no other client's backup has; null: the server knows no labels */
  readonly labelToken: string | null
}

/**
 * Which backup a CREATE made: LIST before and after, and the label's token where there is one. One new id that the reply agrees with,
 * or that has the token, is certain; one new id without either is likely, since another client may have made it.
 * Source: docs/formats/samyama.md §8.3.
 */
export function settleCreate(evidence: CreateEvidence): SettledCreate {
  const { before, after, reply, labelToken } = evidence
  const replyId = reply?.id ?? null
  const ofReply = replyId === null ? [] : [replyId]
  if (!isUsable(after)) return { outcome: 'unknown', candidates: ofReply, reason: 'LIST could not be read afterwards.' }
  if (labelToken !== null) {
    const [own, ...others] = after.value.filter((backup) => backup.label?.includes(labelToken))
    if (own !== undefined && others.length === 0) {
      return {
        outcome: 'created',
        id: own.id,
        confidence: 'certain',
        reason: 'The new backup has the label of this request.',
      }
    }
  }
  if (!isUsable(before))
    return { outcome: 'unknown', candidates: ofReply, reason: 'LIST could not be read beforehand.' }
  const known = new Set(before.value.map((backup) => backup.id))
  const added = after.value.filter((backup) => !known.has(backup.id))
  return settleByDifference(added, replyId, labelToken !== null)
}

function settleByDifference(added: readonly ListedBackup[], replyId: string | null, hasToken: boolean): SettledCreate {
  const [first, ...others] = added
  if (first === undefined) {
    if (replyId === null)
      return { outcome: 'not-seen', reason: 'LIST shows no new backup: it did not begin, or still runs.' }
    return {
      outcome: 'unknown',
      candidates: [replyId],
      reason: 'The reply names a backup that LIST does not show as new.',
    }
  }
  const candidates = added.map((backup) => backup.id)
  const match = added.find((backup) => backup.id === replyId)
  if (match !== undefined && match.confidence !== 'guess') {
    const confidence = others.length === 0 && !hasToken ? 'certain' : 'likely'
    return { outcome: 'created', id: match.id, confidence, reason: 'The reply and LIST agree.' }
  }
  if (replyId !== null) {
    return {
      outcome: 'unknown',
      candidates: [replyId, ...candidates],
      reason: 'The reply and LIST name different backups.',
    }
  }
  if (hasToken) {
    return { outcome: 'not-seen', reason: 'LIST shows new backups, but none with the label of this request.' }
  }
  if (others.length > 0 || first.confidence === 'guess') {
    return { outcome: 'unknown', candidates, reason: 'LIST shows new backups, and the reply names none of them.' }
  }
  return { outcome: 'created', id: first.id, confidence: 'likely', reason: 'LIST shows one new backup.' }
}

function isUsable(list: ListReading | null): list is Extract<ListReading, { understood: true }> {
  return list?.understood === true && list.confidence !== 'guess'
}
