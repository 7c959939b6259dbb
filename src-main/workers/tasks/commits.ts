import { AppError } from '#base/app-error.ts'
import type { AccidentFinding, Commit } from '#contract'
import { type CommitIndex, openedInTurn } from '../../rocksdb/commits/commit-index.ts'
import { walkCommits } from '../../rocksdb/commits/walk-commits.ts'
import { describeFinding } from '../../timeline/describe-finding.ts'
import { findAccidents } from '../../timeline/find-accidents.ts'
import type { Finding } from '../../timeline/finding.ts'
import type { Tasks } from '../messages.ts'
import { JobPulse } from './job-pulse.ts'
import { labelsBefore } from './labels-before.ts'
import { stateAt } from './open-states.ts'

/** Commits in the logs of a state, newest first. */
export function listCommits({ place, before, limit }: Tasks['list-commits']['input']): Tasks['list-commits']['output'] {
  const state = stateAt(place)
  const index = state.commits()
  const end = before === null ? index.count : index.countBefore(before)
  const start = Math.max(0, end - limit)
  const commits: Commit[] = []
  for (let at = end - 1; at >= start; at -= 1) commits.push(index.at(at))
  return {
    commits,
    next: start === 0 ? null : index.at(start).firstSequence,
    commitCount: index.count,
    exactFromSequence: state.view.exactFromSequence,
    hasTimes: index.hasTimes,
    backwardTimeCount: index.backwardTimeCount,
    damages: [...index.damages],
  }
}

/** The last commit not after a time, and the one behind it. */
export function commitAt({ place, timeUs }: Tasks['commit-at']['input']): Tasks['commit-at']['output'] {
  const index = stateAt(place).commits()
  if (!index.hasTimes) throw notCovered(timeUs, 'its logs hold no commit times', 'Choose an instant by its sequence.')
  const count = index.countUpToTime(timeUs)
  if (count === 0) throw tooEarly(timeUs, index)
  return { last: index.at(count - 1), firstAfter: count < index.count ? index.at(count) : null }
}

/** Looks through the commits of a state for what may have been an accident, the worst first. */
export function accidents(input: Tasks['find-accidents']['input']): Tasks['find-accidents']['output'] {
  const pulse = new JobPulse(input)
  const checkpoint = () => pulse.beat(0)
  const state = stateAt(input.place, checkpoint)
  const labelOf = labelsBefore(state, input.place, checkpoint)
  const finder = findAccidents({
    familyName: (id) => state.familyName(id),
    ...(state.codec === null ? {} : { codec: state.codec }),
    ...(labelOf === null ? {} : { labelOf }),
  })
  let commitCount = 0
  const upToSequence = input.place.upToSequence ?? Number.MAX_SAFE_INTEGER
  walkCommits(
    openedInTurn(state.logs),
    { lastSequenceBefore: null, flushedSequence: state.view.manifest.lastSequence, checkpoint },
    {
      operation(type, columnFamilyId, sequence, key, value) {
        // one commit may delete everything
        pulse.row()
        if (sequence <= upToSequence) finder.operation(type, columnFamilyId, sequence, key, value)
      },
      commit(commit) {
        if (commit.lastSequence > upToSequence) return
        commitCount += 1
        finder.add(commit)
      },
    },
  )
  const found = finder.findings().toSorted((left, right) => right.severity - left.severity)
  const kinds = ['mass-delete', 'range-delete', 'label-wide-change', 'unusual-rate'] as const
  const omittedCount = kinds.reduce((sum, kind) => sum + finder.omittedCount(kind), 0)
  return {
    commitCount,
    findings: found.slice(0, input.limit).map((finding) => inWords(finding, state.view.exactFromSequence)),
    otherFindingCount: Math.max(0, found.length - input.limit) + omittedCount,
  }
}

/** Before the first commit in the logs lies the state of the tables. */
function inWords(finding: Finding, exactFromSequence: number): AccidentFinding {
  const { kind, severity, firstSequence, lastSequence, committedAtUs, lastCommittedAtUs } = finding
  const hasTables = exactFromSequence > 0 && exactFromSequence < firstSequence
  const sequenceBefore = finding.sequenceBefore ?? (hasTables ? exactFromSequence : null)
  return {
    kind,
    sentence: describeFinding(finding),
    severity,
    firstSequence,
    lastSequence,
    committedAtUs,
    lastCommittedAtUs,
    sequenceBefore,
    putCount: finding.puts,
    deleteCount: finding.deletes,
    rangeDeleteCount: finding.rangeDeletes,
    sizeBytes: finding.bytes,
  }
}

function tooEarly(timeUs: number, index: CommitIndex): AppError {
  const first = index.firstTimeUs()
  const nextStep =
    first === null ? 'Choose an older backup.' : `Choose a time from ${isoTime(first)} on, or an older backup.`
  return notCovered(timeUs, 'its logs begin after that time', nextStep)
}

function notCovered(timeUs: number, message: string, nextStep: string): AppError {
  return new AppError('INSTANT_NOT_COVERED', { message, subject: isoTime(timeUs), nextStep })
}

/** ISO 8601 in UTC, to the microsecond. */
function isoTime(timeUs: number): string {
  const micros = String(timeUs % 1000).padStart(3, '0')
  return new Date(Math.floor(timeUs / 1000)).toISOString().replace('Z', `${micros}Z`)
}
