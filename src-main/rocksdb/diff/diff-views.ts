import { AppError } from '#base/app-error.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import type { ColumnFamily, TableFile } from '../manifest/manifest-state.ts'
import type { FamilySources } from '../view/family-sources.ts'
import { MergingIterator } from '../view/merging-iterator.ts'
import type { ViewDamage } from '../view/scan-report.ts'
import type { RowWalk, View } from '../view/view.ts'
import { FamilyDiff, type FamilyDiffOptions } from './family-diff.ts'
import { KeyOrder } from './key-order.ts'
import { spansOf } from './key-spans.ts'
import { tablesOnlyIn } from './same-table.ts'
import type { TouchedKeys } from './touched-keys.ts'

export type DiffRequest = Pick<FamilyDiffOptions, 'after' | 'mayGoOn'> & {
  /** families are told apart by name: ids differ between databases */
  readonly columnFamilyName: string
  /**
   * The two are instants of one file set, and this is the earlier one's sequence: what came before is in both. Absent
   * for states of different file sets.
   */
  readonly sharedUpToSequence?: number | undefined
  /** called at every deleted row; it may throw to stop */
  readonly checkpoint?: (() => void) | undefined
}

/** A diff of one column family that is under way. Close it. */
export class OpenDiff {
  readonly diff: FamilyDiff
  /** tables of both sides that need not be read */
  readonly sharedTableCount: number
  readonly #walks: readonly RowWalk[]
  readonly #sources: readonly FamilySources[]

  constructor(
    diff: FamilyDiff,
    walks: readonly RowWalk[],
    sources: readonly FamilySources[],
    sharedTableCount: number,
  ) {
    this.diff = diff
    this.sharedTableCount = sharedTableCount
    this.#walks = walks
    this.#sources = sources
  }

  /** what could not be read so far: differences near it may be missing or wrong */
  get damages(): readonly ViewDamage[] {
    return [...this.#walks.flatMap((walk) => walk.damages), ...this.#sources.flatMap(({ report }) => report.damages)]
  }

  close(): void {
    for (const each of [...this.#walks, ...this.#sources]) each.close()
  }
}

/**
 * Compares one column family of two states. They must be two views, also of one file set.
 * @throws AppError COLUMN_FAMILY_NOT_FOUND when neither has the family, BAD_REQUEST for orders that differ or are not
 * known
 */
export function diffViews(left: View, right: View, request: DiffRequest): OpenDiff {
  const [leftFamily, rightFamily] = [left, right].map((view) => familyNamed(view, request.columnFamilyName))
  const from = request.after
  const walks: RowWalk[] = []
  const sources: FamilySources[] = []
  const walkOf = (view: View, family: ColumnFamily | undefined): RowWalk | null => {
    if (family === undefined) return null
    const walk = view.walk(family.id, { from, checkpoint: request.checkpoint })
    walks.push(walk)
    return walk
  }
  try {
    const leftWalk = walkOf(left, leftFamily)
    const rightWalk = walkOf(right, rightFamily)
    const comparator = comparatorOf(walks, request.columnFamilyName)
    let touched: TouchedKeys | null = null
    let sharedTableCount = 0
    if (leftFamily !== undefined && rightFamily !== undefined) {
      const only = { left: tablesOnlyIn(leftFamily, rightFamily), right: tablesOnlyIn(rightFamily, leftFamily) }
      sharedTableCount = leftFamily.files.length - only.left.size
      // without common tables there is nothing to jump over
      if (sharedTableCount > 0 || request.sharedUpToSequence !== undefined) {
        sources.push(sourcesOf(left, leftFamily, only.left), sourcesOf(right, rightFamily, only.right))
        touched = touchedBy(sources, [only.left, only.right], request.sharedUpToSequence ?? -1)
      }
    }
    const order = new KeyOrder(comparator)
    const diff = new FamilyDiff({ ...request, left: leftWalk, right: rightWalk, order, touched })
    return new OpenDiff(diff, walks, sources, sharedTableCount)
  } catch (error) {
    for (const each of [...walks, ...sources]) each.close()
    throw error
  }
}

function familyNamed(view: View, name: string): ColumnFamily | undefined {
  return view.columnFamilies.find((family) => family.name === name)
}

function comparatorOf(walks: readonly RowWalk[], columnFamilyName: string): RowWalk['comparator'] {
  const [first, second] = walks
  if (first === undefined) {
    throw new AppError('COLUMN_FAMILY_NOT_FOUND', { message: 'no such column family', subject: columnFamilyName })
  }
  if (second === undefined || first.comparator === second.comparator) return first.comparator
  throw new AppError('BAD_REQUEST', {
    message: `the two states order this family differently: ${first.comparator.name}, ${second.comparator.name}`,
    subject: columnFamilyName,
  })
}

function sourcesOf(view: View, family: ColumnFamily, tables: ReadonlySet<TableFile>): FamilySources {
  return view.sourcesOf(family.id, 'forward', { accepts: (file) => tables.has(file) })
}

function touchedBy(
  sources: readonly FamilySources[],
  tables: readonly ReadonlySet<TableFile>[],
  sharedUpToSequence: number,
): TouchedKeys {
  const [first] = sources as readonly [FamilySources, ...FamilySources[]]
  const children = sources.flatMap((each) => each.children)
  const tombstones = sources.flatMap((each, index) => tombstonesOf(each, tables[index] ?? new Set()))
  return {
    entries: new MergingIterator(children, first.comparator),
    spans: spansOf(
      tombstones.filter(({ sequence }) => sequence > sharedUpToSequence),
      first.comparator,
    ),
    sharedUpToSequence,
  }
}

function tombstonesOf(sources: FamilySources, files: ReadonlySet<TableFile>): RangeTombstone[] {
  const found: RangeTombstone[] = [...(sources.memory?.run.rangeTombstones ?? [])]
  for (const file of files) {
    try {
      const open = sources.tables.acquire(file)
      try {
        for (const tombstone of open.table.rangeTombstones()) found.push(tombstone)
      } finally {
        sources.tables.release(open, file.fileNumber)
      }
    } catch (error) {
      sources.report.addTable(error, file, false)
    }
  }
  return found
}
