import type { Job } from '#contract'
import { hrefOf, recoverJobHref, restoreHref, serverHref } from '../base/routes.ts'
import { jobTitle, resultWords } from '../places/parts/words.ts'
import type { Stores } from '../stores/stores.ts'

/** What ends sooner is seen where it was started. */
const longUs = 2_000_000

/** Says that a job ended, unless the person looks at it, or asked for just that end. */
export function announce(stores: Stores, job: Job): void {
  const { sources, notices, navigation, stateJobs } = stores
  const { route } = navigation
  if (job.error !== null && job.sourceId !== null) void sources.lookAgainAfter(job.sourceId, job.error)
  if (job.kind === 'demo') announceDemo(stores, job)
  if (job.kind === 'demo' || job.kind === 'index' || ('jobId' in route && route.jobId === job.jobId)) return
  if (stateJobs.isWatched(job.jobId)) return
  const title = jobTitle(job, sources.find(job.sourceId))
  const action = { title: 'Show', run: () => navigation.go(placeOf(stores, job)) }
  if (job.state === 'failed' && job.error !== null) notices.fail(`${title}: failed.`, job.error, action)
  else if (job.state === 'succeeded' && (!isAsWished(job) || job.activeUs >= longUs))
    notices.say(`${title}: ${resultWords(job)}.`, action)
}

/** Takes whoever waits for the demo on the first page to it. */
function announceDemo({ demo, notices, navigation }: Stores, { jobId, state, error, result }: Job): void {
  const isAwaited = demo.wantedJobId === jobId
  const isHome = navigation.route.place === 'home'
  if (result?.kind === 'demo') {
    const show = () => navigation.go(serverHref(result.serverId))
    if (isAwaited && isHome) show()
    else notices.say('The demo is ready.', { title: 'Show', run: show })
  } else if (state === 'failed' && error !== null && !isHome) notices.fail('The demo was not started.', error)
}

/** Whether it did what was hoped for; if not, a person is told however short it was. */
function isAsWished({ result }: Job): boolean {
  if (result?.kind === 'verify' || result?.kind === 'server-verify') return result.outcome === 'passed'
  return result?.kind !== 'server-backup' || result.outcome === 'created'
}

function placeOf({ servers }: Stores, { kind, jobId, sourceId, backupId, result }: Job): string {
  if (kind === 'restore' && sourceId !== null && backupId !== null) return restoreHref({ sourceId, backupId }, jobId)
  if (kind === 'recovery' && sourceId !== null) return recoverJobHref(sourceId, 'run', jobId)
  const serverId = servers.ofJob(jobId) ?? (result !== null && 'serverId' in result ? result.serverId : null)
  return serverId !== null && servers.find(serverId) !== null
    ? serverHref(serverId)
    : hrefOf({ place: 'activity', jobId })
}
