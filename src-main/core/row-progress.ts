import type { Progress } from '#contract'
import type { JobContext } from '../jobs/job-kind.ts'
import type { JobShare } from '../workers/messages.ts'

/** What the tasks of a job that goes through rows share with it, and how far they are. */
export function rowProgress(context: JobContext, phase: string): { share: JobShare } {
  const counter = new SharedArrayBuffer(4)
  const count = new Int32Array(counter)
  let doneBefore = 0
  let lastSeen = 0
  context.trackProgress((): Progress => {
    const seen = Atomics.load(count, 0)
    // the counter wraps: what it gained since the last look is right all the same
    doneBefore += (seen - lastSeen) >>> 0
    lastSeen = seen
    return { phase, doneBytes: 0, totalBytes: null, doneCount: doneBefore, totalCount: null, currentFile: null }
  })
  return { share: { control: context.control.shared, counter } }
}
