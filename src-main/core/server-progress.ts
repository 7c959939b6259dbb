import type { Progress } from '#contract'
import type { ServerLink } from './server-link.ts'

/** a server tells a fraction: counted in percent */
const STEPS = 100

/** How far a server says that it is; counters never go back. */
export function serverProgress(link: ServerLink, phase: string): () => Progress {
  let doneCount = 0
  return () => {
    const status = link.snapshot().status
    const isTold = status?.job != null && status.progress !== null
    if (isTold) doneCount = Math.max(doneCount, Math.round((status.progress ?? 0) * STEPS))
    return {
      phase: status?.job ?? phase,
      doneBytes: 0,
      totalBytes: null,
      doneCount,
      totalCount: doneCount > 0 || isTold ? STEPS : null,
      currentFile: null,
    }
  }
}
