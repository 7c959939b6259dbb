import type { AppError } from '#base/app-error.ts'
import { type Removal, readDelete, readPrune } from '../read-reply/read-removal.ts'
import type { Reading } from '../read-reply/reading.ts'
import type { ServerCommands } from './commands.ts'
import type { ListResult } from './list-backups.ts'
import { outcomeUnknown } from './server-app-error.ts'

export type RemovalResult = {
  /** what LIST does not show any more: the only proof of a removal */
  readonly gone: readonly string[]
  readonly reading: Reading<readonly Removal[]> | null
  readonly rawReply: Uint8Array | null
  /** OUTCOME_UNKNOWN when neither the reply nor LIST tells what happened */
  readonly error: AppError | null
}

type Listing = () => Promise<ListResult | null>

/** @param id from a list that may be acted on @throws AppError as `ServerCommands.change` does */
export async function deleteBackup(
  commands: ServerCommands,
  id: string,
  isForced: boolean,
  list: Listing,
): Promise<RemovalResult> {
  const command = ['ADMIN.BACKUP', 'DELETE', id, ...(isForced ? ['FORCE'] : [])]
  const result = await remove(commands, command, list, readDelete)
  if (result.gone.includes(id)) return { ...result, error: null }
  return {
    ...result,
    error: result.error ?? outcomeUnknown(commands.subject, 'LIST does not show that the backup is gone'),
  }
}

/** @throws AppError as `ServerCommands.change` does */
export function pruneBackups(commands: ServerCommands, list: Listing): Promise<RemovalResult> {
  return remove(commands, ['ADMIN.BACKUP', 'PRUNE'], list, readPrune)
}

async function remove(
  commands: ServerCommands,
  command: readonly string[],
  list: Listing,
  read: typeof readPrune,
): Promise<RemovalResult> {
  const before = await list()
  const { received, lost } = await commands.change(command, commands.timeouts.changeMs)
  const after = await list()
  const gone = goneIds(before, after)
  const reading = received === null || lost !== null ? null : read(received.tree)
  const isTold = gone !== null || reading?.understood === true
  const error = lost ?? (isTold ? null : outcomeUnknown(commands.subject, 'neither the reply nor LIST was understood'))
  return { gone: gone ?? [], reading, rawReply: received?.rawBytes ?? null, error }
}

/** Null when a list was not understood, or only guessed. */
function goneIds(before: ListResult | null, after: ListResult | null): string[] | null {
  if (before?.reading.understood !== true || after?.reading.understood !== true) return null
  if (before.reading.confidence === 'guess' || after.reading.confidence === 'guess') return null
  const kept = new Set(after.reading.value.map((backup) => backup.id))
  return before.reading.value.map((backup) => backup.id).filter((id) => !kept.has(id))
}
