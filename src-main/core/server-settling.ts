import type { Clock } from '#base/clock.ts'
import type { ServerSession } from '../servers/server-session.ts'
import type { CreateResult } from '../servers/session/create-backup.ts'
import type { ServerLink } from './server-link.ts'
import type { StopRequest } from './stop-request.ts'

/** Whether it is known what became of a backup that was asked for. */
function isSettled({ settled }: CreateResult): boolean {
  return settled.outcome === 'created' || (settled.outcome === 'started' && settled.id !== null)
}

/**
 * Looks in the server's list again and again what became of a CREATE whose outcome is not known: as long as the server says that it
 * works, else for a bounded while. Sends nothing but LIST.
 */
export async function settleLater(
  pending: CreateResult,
  { session, link, stop, clock }: { session: ServerSession; link: ServerLink; stop: StopRequest; clock: Clock },
): Promise<CreateResult> {
  const { settleFirstMs, settleMaxMs, settleIdleMs, settleTotalMs } = link.timings
  const elapsedMs = (sinceUs: number) => (clock.monotonicUs() - sinceUs) / 1000
  const beganUs = clock.monotonicUs()
  let workedUs = beganUs
  let result = pending
  for (let delayMs = settleFirstMs; !isSettled(result); delayMs = Math.min(delayMs * 2, settleMaxMs)) {
    if (elapsedMs(beganUs) >= settleTotalMs || elapsedMs(workedUs) >= settleIdleMs) break
    await stop.pause(delayMs)
    if (stop.isStopped || link.isClosed) break
    if (link.snapshot().status?.job != null) workedUs = clock.monotonicUs()
    result = await session.settleCreate(result)
  }
  return result
}
