import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { DamageError, describeDamage } from '#base/damage.ts'
import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import { type Gap, readGaps, withGap, writeGaps } from '../../repository/archive/gaps.ts'
import type { SegmentPlace } from './open-segment.ts'

/** What is known to be lost of a timeline, on the disk as soon as it is known. */
export class GapList {
  readonly #files: ArchiveFiles
  readonly #place: SegmentPlace
  readonly #clock: Clock
  #gaps: readonly Gap[] = []

  constructor(files: ArchiveFiles, place: SegmentPlace, clock: Clock) {
    this.#files = files
    this.#place = place
    this.#clock = clock
  }

  get all(): readonly Gap[] {
    return this.#gaps
  }

  /** @throws AppError DAMAGED when they cannot be read: then nothing can be added either */
  load(): void {
    try {
      this.#gaps = readGaps(this.#files, this.#place.timeline)
    } catch (cause) {
      throw cause instanceof DamageError ? unreadable(cause) : cause
    }
  }

  /** @throws AppError DISK_FULL, IO_FAILED: then it is not known */
  add(gap: Omit<Gap, 'foundAtUs'>): void {
    this.#replace(withGap(this.#gaps, { ...gap, foundAtUs: this.#clock.nowUs() }))
  }

  /** Takes back the gap behind a sequence: what follows it was found after all. */
  takeBack(afterSequence: number): void {
    const left = this.#gaps.filter((gap) => gap.afterSequence !== afterSequence)
    if (left.length < this.#gaps.length) this.#replace(left)
  }

  /** Segments that do not continue, because one is damaged or was removed, are a gap as well. */
  addBetween(segments: readonly { readonly firstSequence: number; readonly lastSequence: number }[]): void {
    let before: number | null = null
    for (const { firstSequence, lastSequence } of segments) {
      const after: number | null = before
      const isKnown = this.#gaps.some((gap) => gap.afterSequence === after && gap.beforeSequence >= firstSequence)
      if (after !== null && firstSequence > after + 1 && !isKnown) {
        const reason = 'a segment of the archive is missing or damaged'
        this.add({ afterSequence: after, beforeSequence: firstSequence, reason })
      }
      before = lastSequence
    }
  }

  #replace(gaps: readonly Gap[]): void {
    const { repositoryPath, timeline, layer } = this.#place
    writeGaps(repositoryPath, timeline, gaps, layer)
    this.#gaps = gaps
  }
}

function unreadable(cause: DamageError): AppError {
  return new AppError(
    'DAMAGED',
    {
      message: 'the list of gaps of this timeline cannot be read, so nothing can be added to it',
      subject: describeDamage(cause.damage),
      unharmed: 'The segments of the archive are as they were.',
      nextStep: 'Begin a new timeline with a full backup.',
    },
    { cause },
  )
}
