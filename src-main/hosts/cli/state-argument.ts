import { type Instant, parseInstant } from './instant.ts'
import { badArgument } from './usage.ts'

/** What a person wrote for a state; null: the instant after all commits. */
export type StateArgument = { readonly backup: number | 'latest'; readonly instant: Instant | null }

/** Reads `[backup][:instant]`; nothing is the latest. @throws AppError BAD_REQUEST */
export function parseState(text: string): StateArgument {
  const colon = text.indexOf(':')
  const backup = backupOf(colon === -1 ? text : text.slice(0, colon), text)
  return { backup, instant: colon === -1 ? null : parseInstant(text.slice(colon + 1)) }
}

function backupOf(given: string, text: string): number | 'latest' {
  if (given === '' || given === 'latest') return 'latest'
  const backupId = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(backupId) && backupId > 0) return backupId
  throw badArgument(
    'not a state',
    text,
    'Write the number of a backup or "latest", and behind a colon an instant: 41, 41:88120, latest:2026-11-23T07:33:12Z.',
  )
}
