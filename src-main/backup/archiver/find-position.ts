import type { ArchiveEnd } from './archive-end.ts'
import type { LogStream } from './log-stream.ts'
import { countOf, digestOf, startSequenceOf } from './payload.ts'

/**
 * Passes over what is archived already, so that the next record of the logs is the first that is not. What proves that it
 * is the same history is the last archived record, when the logs still hold it.
 * @param archivedSequence of the archive, or of the point where the timeline forked
 * @returns false when the history is another one
 * @throws AppError
 */
export function findPosition(logs: LogStream, archivedSequence: number, end: ArchiveEnd): boolean {
  const { lastRecord } = end
  const followers = [...end.followers]
  let isProved = false
  let hasOther = false
  while (logs.next()) {
    const sequence = startSequenceOf(logs.payload)
    if (sequence === null) continue
    if (sequence > archivedSequence) {
      const known = sequence === archivedSequence + 1 ? followers.indexOf(digestOf(logs.payload)) : -1
      if (known < 0) {
        logs.holdBack()
        break
      }
      followers.splice(0, known + 1)
      continue
    }
    if (lastRecord === null || sequence < lastRecord.startSequence) continue
    if (sequence > lastRecord.startSequence) return false
    if (digestOf(logs.payload) === lastRecord.digest) isProved = true
    // a record that only prepares starts with the same number as the one behind it
    else if (countOf(logs.payload) > 0) hasOther = true
  }
  return isProved || !hasOther
}
