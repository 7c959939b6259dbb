import type { Commit, CommitPage } from '#contract'
import { formatCount, formatQuantity } from '../../base/format.ts'
import type { Column } from '../../ui/table-column.ts'

const timeColumn: Column<Commit> = {
  id: 'time',
  title: 'Time',
  width: 18.5,
  isMono: true,
  valueOf: (commit) => commit.committedAtUs,
}

const otherColumns: readonly Column<Commit>[] = [
  { id: 'puts', title: 'Puts', width: 4, align: 'right', valueOf: (commit) => commit.putCount + commit.mergeCount },
  {
    id: 'deletes',
    title: 'Deletes',
    width: 5,
    align: 'right',
    valueOf: (commit) => commit.deleteCount + commit.rangeDeleteCount,
  },
  { id: 'size', title: 'Size', width: 5.5, align: 'right', valueOf: (commit) => commit.sizeBytes },
]

/** The columns for commits; without times the column of times would be empty. */
export function commitColumns(hasTimes: boolean): readonly Column<Commit>[] {
  const sequence: Column<Commit> = {
    id: 'sequence',
    title: 'Sequence',
    // room for "shown" beside a number of ten digits
    width: 10.5,
    align: 'right',
    valueOf: (commit) => commit.lastSequence,
  }
  return [sequence, ...(hasTimes ? [timeColumn] : []), ...otherColumns]
}

/** What has to be known of the commits before one of them is chosen. */
export function commitFacts({ exactFromSequence, hasTimes, backwardTimeCount }: CommitPage): string {
  const facts = [`Instants from sequence ${formatCount(exactFromSequence)} on can be seen.`]
  if (!hasTimes) facts.push('The server writes no commit times: choose by sequence.')
  if (backwardTimeCount > 0)
    facts.push(`The clock went back: ${formatQuantity(backwardTimeCount, 'commit')} with a time before an earlier one.`)
  return facts.join(' ')
}
