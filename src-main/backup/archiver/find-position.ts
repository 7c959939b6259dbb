import type { ArchiveEnd } from './archive-end.ts'
import { isInUse } from './held-log.ts'
import type { LogStream } from './log-stream.ts'
import { countOf, digestOf, isPrepare, startSequenceOf } from './payload.ts'

/**
 * same: the database goes on from what is archived. other: it holds something else where the archive has its last record.
 * behind: it ends before the archive does, so it was put back, or lost its newest commits.
 */
type Position = 'same' | 'other' | 'behind'

/**
 * Passes over what is archived already, so that the next record of the logs is the first that is not. What proves that it
 * is the same history is the last archived record, when the logs still hold it. When they do not, the database must have given
 * out the numbers that are archived; that it is the same one was looked at before.
 * @param archivedSequence of the archive, or of the point where the timeline forked
 * @param manifestSequence reads what the MANIFEST states; called after the logs were read, as a flush moves commits into it
 * @throws AppError
 */
export function findPosition(
  logs: LogStream,
  archivedSequence: number,
  end: ArchiveEnd,
  manifestSequence: () => number,
): Position {
  const { lastRecord } = end
  const followers = [...end.followers]
  let isProved = false
  let hasOther = false
  let isAhead = false
  let databaseEnd = 0
  while (logs.next()) {
    const sequence = startSequenceOf(logs.payload)
    if (sequence === null) continue
    if (sequence > archivedSequence) {
      const known = sequence === archivedSequence + 1 ? followers.indexOf(digestOf(logs.payload)) : -1
      if (known < 0) {
        logs.holdBack()
        isAhead = true
        break
      }
      followers.splice(0, known + 1)
      continue
    }
    const isLive = isInUse(logs.log)
    if (isLive)
      databaseEnd = Math.max(databaseEnd, sequence + (isPrepare(logs.payload) ? 0 : countOf(logs.payload)) - 1)
    if (lastRecord === null || sequence < lastRecord.startSequence) continue
    if (sequence > lastRecord.startSequence) return 'other'
    if (digestOf(logs.payload) === lastRecord.digest) {
      isProved = true
      // a record that commits what was prepared does not say how many numbers it used up
      if (isLive) databaseEnd = archivedSequence
    }
    // a record that only prepares starts with the same number as the one behind it
    else if (countOf(logs.payload) > 0) hasOther = true
  }
  if (hasOther && !isProved) return 'other'
  return isAhead || Math.max(databaseEnd, manifestSequence()) >= archivedSequence ? 'same' : 'behind'
}
