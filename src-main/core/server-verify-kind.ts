import { StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import type { JobResult, VerificationLevel } from '#contract'
import type { JobKindDefinition } from '../jobs/job-kind.ts'
import { LeftRunningError } from '../jobs/left-running-error.ts'
import type { VerifyReply } from '../servers/read-reply/read-verify.ts'
import type { Reading } from '../servers/read-reply/reading.ts'
import type { ServerSession } from '../servers/server-session.ts'
import { commandText, type ServerAudit } from './server-audit.ts'
import type { ServerLink } from './server-link.ts'
import { serverProgress } from './server-progress.ts'
import type { ServerRegistry } from './server-registry.ts'
import { StopRequest } from './stop-request.ts'

export type ServerVerifyInput = { serverId: number; serverName: string; id: string; level: VerificationLevel | null }

type VerifyResult = Extract<JobResult, { kind: 'server-verify' }>

const GOES_ON = 'The server was not stopped: it goes on verifying, and nobody waits for what it finds.'

/** Has a server verify a backup. What is not clearly a verdict proves nothing. */
export function serverVerifyKind({ servers }: { servers: ServerRegistry }): JobKindDefinition<ServerVerifyInput> {
  return {
    kind: 'server-verify',
    title: ({ serverName, id, level }) =>
      `Have ${serverName} verify its backup ${id}${level === null ? '' : ` · ${level}`}`,
    backupIdOf: () => null,
    async run(context, input) {
      const link = servers.link(input.serverId)
      const stop = new StopRequest(context.control)
      try {
        context.trackProgress(serverProgress(link, 'Waiting for the server'))
        const verifying = link.exclusively('verifying a backup', context.jobId, (session) =>
          verify(session, input, { link, audit: servers.audit }),
        )
        const verified = await stop.orStopped(verifying)
        if (verified !== null) return verified.value
        // it is on record when it comes; nobody waits for it here
        verifying.catch(() => {})
        if (!context.wasCancelled()) throw new StoppedError('Lifeboat is closing')
        throw new LeftRunningError(resultOf(input, { outcome: 'not-understood', warnings: [GOES_ON] }))
      } finally {
        stop.end()
      }
    },
    resume: null,
  }
}

async function verify(
  session: ServerSession,
  input: ServerVerifyInput,
  { link, audit }: { link: ServerLink; audit: ServerAudit },
): Promise<VerifyResult> {
  const { id, level } = input
  // only what the server listed in this session may be acted on
  await session.listBackups()
  const words = ['ADMIN.BACKUP', 'VERIFY', id, ...(level === null ? [] : ['LEVEL', level])]
  const sent = audit.begin(link, commandText(words))
  try {
    const { reading } = await session.verify(id, level)
    sent.settle({ outcome: 'done', reply: reading.rawText })
    return judged(input, reading, link.address)
  } catch (thrown) {
    sent.settleError(thrown)
    throw thrown
  }
}

function judged(input: ServerVerifyInput, reading: Reading<VerifyReply>, subject: string): VerifyResult {
  const verdict = reading.understood ? reading.value.verdict : 'unknown'
  if (verdict === 'absent') {
    throw new AppError('BACKUP_NOT_FOUND', {
      message: `the server has no backup ${input.id}`,
      subject,
      unharmed: 'Nothing was changed.',
      nextStep: 'Read the list again: it may have been removed by retention.',
    })
  }
  const isVerdict = (verdict === 'passed' || verdict === 'failed') && reading.confidence !== 'guess'
  const problems = (reading.value?.problems ?? []).slice(0, limits.serverProblemsShownMax)
  const warnings = [...reading.warnings]
  if (verdict === 'pending') warnings.push('The server verifies in the background and does not say how it ended.')
  const rawReply = reading.rawText.slice(0, limits.serverVerifyReplyCharactersMax)
  return resultOf(input, { outcome: isVerdict ? verdict : 'not-understood', problems, warnings, rawReply })
}

function resultOf(
  { serverId, id }: ServerVerifyInput,
  result: Partial<VerifyResult> & Pick<VerifyResult, 'outcome'>,
): VerifyResult {
  return { kind: 'server-verify', serverId, id, problems: [], warnings: [], rawReply: null, ...result }
}
