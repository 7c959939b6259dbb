import type { Job } from '#contract'
import type { Said } from '../parts/words.ts'

/** What came of a job on a server, as a sentence. Only what was understood as a verdict is one. */
export function outcomeWords(job: Job): Said {
  const { result, state } = job
  if (state === 'interrupted')
    return { tone: 'warn', text: 'Lifeboat ended while it waited. What became of it is in the list of the server.' }
  if (state === 'stopped') return { tone: 'warn', text: 'It is not waited for any more. The server was not stopped.' }
  if (result?.kind === 'server-backup') {
    const name = result.id === null ? 'The backup' : `Backup ${result.id}`
    if (result.outcome === 'created') return { tone: 'good', text: `${name} was made.` }
    if (result.outcome === 'failed')
      return { tone: 'bad', text: `${name} was made, and the server lists it as unusable.` }
    return {
      tone: 'warn',
      text: 'The reply was lost, and nobody can say whether the backup was made. The list will tell.',
    }
  }
  if (result?.kind === 'server-verify') {
    const name = `Backup ${result.id}`
    if (result.outcome === 'passed')
      return { tone: 'good', text: `The server verified ${name.toLowerCase()}: no problems.` }
    if (result.outcome === 'failed') return { tone: 'bad', text: `${name} did not pass: the server found problems.` }
    return {
      tone: 'warn',
      text: `No verdict on ${name.toLowerCase()}: the reply was not understood, so nothing is proved.`,
    }
  }
  return { tone: 'quiet', text: 'It ended.' }
}
