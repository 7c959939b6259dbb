import { type Damage, DamageError } from '#base/damage.ts'
import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import { firstSequenceInName, indexName } from '../../repository/archive/segment-names.ts'
import { readSegmentIndex } from '../../repository/archive/segments.ts'
import { DirectedReader, walkKnowing } from './known-walk.ts'
import { LogTail } from './log-tail.ts'
import { digestOf, startSequenceOf } from './payload.ts'

/** One record, told from others without keeping its bytes. */
export type RecordProof = { readonly startSequence: number; readonly digest: string }

export type ArchiveEnd = {
  /** null when nothing is archived */
  readonly lastSequence: number | null
  readonly lastCommitAtUs: number | null
  /** of the last record that used up a number; null when it cannot be read */
  readonly lastRecord: RecordProof | null
  /** digests of the records behind it, which used up none */
  readonly followers: readonly string[]
  /** stands behind the last record */
  readonly directed: DirectedReader
  readonly damages: readonly Damage[]
}

/**
 * What the archive of a timeline ends with.
 * @param paths of its segments, ascending
 * @param depth how many of them are walked at least, for what was prepared in them
 * @throws AppError
 */
export function readArchiveEnd(files: ArchiveFiles, paths: readonly string[], depth: number): ArchiveEnd {
  const last = paths.at(-1)
  if (last === undefined) {
    const directed = new DirectedReader()
    return { lastSequence: null, lastCommitAtUs: null, lastRecord: null, followers: [], directed, damages: [] }
  }
  let offsets: number[] = []
  let hasLast = false
  let lastCommitAtUs: number | null = null
  const walk = walkKnowing(files, paths, paths.length - 1, depth, () => {
    offsets = []
    hasLast = false
    lastCommitAtUs = null
    return {
      commit: (commit) => {
        lastCommitAtUs = commit.committedAtUs ?? lastCommitAtUs
      },
      record({ startSequence, nextSequence, offsetBytes }) {
        if (nextSequence > startSequence) {
          offsets = []
          hasLast = true
        }
        offsets.push(offsetBytes)
      },
    }
  })
  const closed = closedFacts(files, last)
  const damages = [...walk.damages, ...closed.damages]
  const named = firstSequenceInName(last.slice(last.lastIndexOf('/') + 1))
  const lastSequence = Math.max(walk.lastSequence, closed.lastSequence ?? 0, named - 1)
  // behind damage the end is known from the index alone
  const isProvable = walk.damages.length === 0 && lastSequence === walk.lastSequence
  const proofs = isProvable ? readProofs(files, last, offsets) : []
  if (isProvable && !hasLast && paths.length > 1) {
    // it holds only what uses up no number: the last record that does lies before it
    const { lastRecord, followers, lastCommitAtUs: before } = readArchiveEnd(files, paths.slice(0, -1), 1)
    const all = [...followers, ...proofs.map(({ digest }) => digest)]
    const times = { lastCommitAtUs: lastCommitAtUs ?? before }
    return { lastSequence, ...times, lastRecord, followers: all, directed: walk.directed, damages }
  }
  const lastRecord = hasLast ? (proofs.shift() ?? null) : null
  const followers = proofs.map(({ digest }) => digest)
  return { lastSequence, lastCommitAtUs, lastRecord, followers, directed: walk.directed, damages }
}

/** None for a segment that is still open. */
function closedFacts(files: ArchiveFiles, path: string): { lastSequence: number | null; damages: Damage[] } {
  try {
    return { lastSequence: readSegmentIndex(files, path).index.lastSequence, damages: [] }
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    return { lastSequence: null, damages: files.stat(indexName(path)) === null ? [] : [error.damage] }
  }
}

function readProofs(files: ArchiveFiles, path: string, offsets: readonly number[]): RecordProof[] {
  const source = files.open(path)
  try {
    const tail = new LogTail(source, null, { offsetBytes: offsets[0] ?? 0 })
    return offsets.flatMap(() =>
      tail.next() ? [{ startSequence: startSequenceOf(tail.payload) ?? 0, digest: digestOf(tail.payload) }] : [],
    )
  } finally {
    source.close()
  }
}
