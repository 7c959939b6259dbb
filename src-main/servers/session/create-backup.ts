import type { AppError } from '#base/app-error.ts'
import { type CreateReply, readCreate } from '../read-reply/read-create.ts'
import type { Reading } from '../read-reply/reading.ts'
import { type SettledCreate, settleCreate } from '../read-reply/settle-create.ts'
import type { ServerCommands } from './commands.ts'
import type { ListResult } from './list-backups.ts'
import { outcomeUnknown } from './server-app-error.ts'

export type CreateRequest = {
  /** null: the server's own choice, the only one that servers other than ours are known to take */
  readonly kind: 'full' | 'incremental' | null
  readonly label: string | null
}

export type CreateResult = {
  /** what became of it; `started`: the server says that it runs in the background */
  readonly settled: SettledCreate | { readonly outcome: 'started'; readonly id: string | null; readonly reason: string }
  readonly reading: Reading<CreateReply> | null
  readonly rawReply: Uint8Array | null
  /** OUTCOME_UNKNOWN as long as nobody can say what became of it */
  readonly error: AppError | null
  /** what settling needs again later */
  readonly before: ListResult | null
  readonly labelToken: string | null
}

/**
 * Sends one CREATE between two LISTs, and settles by them what became of it, the more so when the reply was lost.
 * @param list reads the server's list; a failure counts as none
 * @throws AppError the server's error, or a failure before the command left: then nothing was made
 */
export async function createBackup(
  commands: ServerCommands,
  request: CreateRequest,
  labelToken: string | null,
  list: () => Promise<ListResult | null>,
): Promise<CreateResult> {
  const before = await list()
  const { received, lost } = await commands.change(createCommand(request, labelToken), commands.timeouts.createMs)
  const reading = received === null || lost !== null ? null : readCreate(received.tree, labelToken !== null)
  const pending = { reading, rawReply: received?.rawBytes ?? null, error: lost, before, labelToken }
  return settleAgain(commands, pending, list)
}

/** Settles by a new LIST what became of a CREATE. Sends nothing but LIST. */
export async function settleAgain(
  commands: ServerCommands,
  pending: Omit<CreateResult, 'settled'>,
  list: () => Promise<ListResult | null>,
): Promise<CreateResult> {
  const { before, reading, labelToken } = pending
  const after = await list()
  const reply = reading?.understood === true ? reading.value : null
  const evidence = { before: before?.reading ?? null, after: after?.reading ?? null, reply, labelToken }
  const settled = settleCreate(evidence)
  if (reply?.isStarted === true) {
    const id = settled.outcome === 'created' ? settled.id : null
    return { ...pending, settled: { outcome: 'started', id, reason: 'The server makes it in the background.' } }
  }
  if (settled.outcome === 'created') return { ...pending, settled, error: null }
  return { ...pending, settled, error: pending.error ?? outcomeUnknown(commands.subject, settled.reason) }
}

function createCommand(request: CreateRequest, labelToken: string | null): string[] {
  const kind = request.kind === null ? [] : [request.kind.toUpperCase()]
  const words = [request.label, labelToken === null ? null : `[${labelToken}]`].filter((word) => word !== null)
  return ['ADMIN.BACKUP', 'CREATE', ...kind, ...(words.length === 0 ? [] : ['LABEL', words.join(' ')])]
}
