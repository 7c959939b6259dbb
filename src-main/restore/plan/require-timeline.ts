import { AppError } from '#base/app-error.ts'
import type { RecoveryFacts } from './facts.ts'

/** The timeline that is asked for. @param timeline null: the current one. @throws AppError BAD_REQUEST, DAMAGED */
export function requireTimeline(facts: RecoveryFacts, timeline: string | null): string {
  if (timeline === null) {
    if (facts.currentTimeline !== null) return facts.currentTimeline
    throw new AppError('DAMAGED', {
      message: 'the file that says which timeline is the current one is damaged',
      subject: facts.repositoryPath,
      nextStep: 'Name a timeline.',
    })
  }
  const known = [...facts.timelines.map(({ id }) => id), ...facts.archives.map((archive) => archive.timeline)]
  if (known.includes(timeline)) return timeline
  throw new AppError('BAD_REQUEST', {
    message: `there is no timeline ${timeline}`,
    subject: facts.repositoryPath,
    nextStep: `There are: ${[...new Set(known)].join(', ')}.`,
  })
}
