import type { Clock } from '#base/clock.ts'
import type { JobResult } from '#contract'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import { LeftRunningError } from '../jobs/left-running-error.ts'
import type { ServerSession } from '../servers/server-session.ts'
import type { CreateResult } from '../servers/session/create-backup.ts'
import { commandText, type SentCommandRecord } from './server-audit.ts'
import type { ServerLink } from './server-link.ts'
import { serverProgress } from './server-progress.ts'
import type { ServerRegistry } from './server-registry.ts'
import { settleLater } from './server-settling.ts'
import { StopRequest } from './stop-request.ts'

export type ServerBackupInput = {
  serverId: number
  serverName: string
  kind: 'full' | 'incremental' | null
  label: string | null
}

type BackupResult = Extract<JobResult, { kind: 'server-backup' }>

const GOES_ON = 'The server was not stopped: it goes on making the backup, and will list it when it is done.'
const WAS_CLOSED =
  'Lifeboat was closed before the reply came. Look at the list of the server before trying again: it may have gone on.'
const failedStates = /fail|corrupt|damage|broken|incomplete|abort|error/i

/** Has a server make a backup. The command is sent once; only the waiting for it can be cancelled. */
export function serverBackupKind(options: {
  servers: ServerRegistry
  clock: Clock
}): JobKindDefinition<ServerBackupInput> {
  const { servers, clock } = options
  return {
    kind: 'server-backup',
    title: ({ serverName, kind }) =>
      `Make ${kind === null ? 'a' : kind === 'full' ? 'a full' : 'an incremental'} backup on ${serverName}`,
    backupIdOf: () => null,
    async run(context, input) {
      const link = servers.link(input.serverId)
      const stop = new StopRequest(context.control)
      try {
        context.trackProgress(serverProgress(link, 'Waiting for the server'))
        const making = link.exclusively('making a backup', context.jobId, (session) =>
          make(session, input, { servers, link, stop, clock }),
        )
        const made = await stop.orStopped(making)
        if (made !== null) return made.value
        // it is on record when it comes; nobody waits for it here
        making.catch(() => {})
        const left = (warning: string) =>
          resultOf(input.serverId, { outcome: 'unknown', id: null, warnings: [warning] })
        if (!context.wasCancelled()) return left(WAS_CLOSED)
        throw new LeftRunningError(left(GOES_ON))
      } finally {
        stop.end()
      }
    },
    resume: null,
  }
}

type Making = { servers: ServerRegistry; link: ServerLink; stop: StopRequest; clock: Clock }

async function make(session: ServerSession, input: ServerBackupInput, making: Making): Promise<BackupResult> {
  const { servers, link } = making
  const sent = servers.audit.begin(link, createText(input, null))
  try {
    const first = await session.create({ kind: input.kind, label: input.label })
    note(sent, first, input)
    const last = await settleLater(first, { session, ...making })
    if (last !== first) note(sent, last, input)
    return judged(input.serverId, last, await stateOf(session, last))
  } catch (thrown) {
    sent.settleError(thrown)
    throw thrown
  }
}

function note(
  sent: SentCommandRecord,
  { settled, reading, error, labelToken }: CreateResult,
  input: ServerBackupInput,
): void {
  const isDone = settled.outcome === 'created' || settled.outcome === 'started'
  const words = [reading?.rawText, error?.message, settled.reason].filter((each) => each != null)
  const command = createText(input, labelToken)
  sent.settle({ outcome: isDone ? 'done' : 'unknown', reply: words.join('\n'), command })
}

/** What the list says of the new backup's state; null: nothing. */
async function stateOf(session: ServerSession, { settled }: CreateResult): Promise<string | null> {
  if (settled.outcome !== 'created') return null
  const { reading } = await session.listBackups().catch(() => ({ reading: null }))
  return reading?.value?.find(({ id }) => id === settled.id)?.state ?? null
}

function judged(serverId: number, { settled, error }: CreateResult, state: string | null): BackupResult {
  if (settled.outcome === 'created') {
    const doubts = settled.confidence === 'certain' ? [] : [settled.reason]
    if (state === null || !failedStates.test(state)) {
      return resultOf(serverId, { outcome: 'created', id: settled.id, warnings: doubts })
    }
    const warnings = [...doubts, `The server lists the backup as "${state}".`]
    return resultOf(serverId, { outcome: 'failed', id: settled.id, warnings })
  }
  if (settled.outcome === 'started' && settled.id !== null) {
    return resultOf(serverId, { outcome: 'created', id: settled.id, warnings: [settled.reason] })
  }
  const reasons = [error?.facts.message, settled.reason].filter((reason) => reason !== undefined)
  const advice = 'Look at the list of the server before trying again: the command was sent once and is not sent again.'
  return resultOf(serverId, { outcome: 'unknown', id: null, warnings: [...reasons.map(asSentence), advice] })
}

function resultOf(serverId: number, result: Pick<BackupResult, 'outcome' | 'id' | 'warnings'>): BackupResult {
  return { kind: 'server-backup', serverId, ...result }
}

function createText({ kind, label }: ServerBackupInput, labelToken: string | null): string {
  const words = [label, labelToken === null ? null : `[${labelToken}]`].filter((word) => word !== null)
  const labelWords = words.length === 0 ? [] : ['LABEL', words.join(' ')]
  return commandText(['ADMIN.BACKUP', 'CREATE', ...(kind === null ? [] : [kind.toUpperCase()]), ...labelWords])
}

function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}
