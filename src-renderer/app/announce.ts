import type { Job } from '#contract'
import { hrefOf, restoreHref } from '../base/routes.ts'
import { jobTitle, resultWords } from '../places/parts/words.ts'
import type { Stores } from '../stores/stores.ts'

/** What ends sooner is seen where it was started. */
const longUs = 2_000_000

/** Says that a job ended, unless the person looks at it, or asked for just that end. */
export function announce(stores: Stores, job: Job): void {
  const { sources, notices, navigation, stateJobs } = stores
  const { route } = navigation
  if (job.error !== null && job.sourceId !== null) void sources.lookAgainAfter(job.sourceId, job.error)
  if (job.kind === 'index' || ('jobId' in route && route.jobId === job.jobId)) return
  if (stateJobs.isWatched(job.jobId)) return
  const title = jobTitle(job, sources.find(job.sourceId))
  const action = { title: 'Show', run: () => navigation.go(placeOf(job)) }
  const foundProblems = job.result?.kind === 'verify' && job.result.outcome === 'failed'
  if (job.state === 'failed' && job.error !== null) notices.fail(`${title}: failed.`, job.error, action)
  else if (job.state === 'succeeded' && (foundProblems || job.activeUs >= longUs))
    notices.say(`${title}: ${resultWords(job)}.`, action)
}

function placeOf({ kind, jobId, sourceId, backupId }: Job): string {
  return kind === 'restore' && sourceId !== null && backupId !== null
    ? restoreHref({ sourceId, backupId }, jobId)
    : hrefOf({ place: 'activity', jobId })
}
