import type { ByteSource } from '#base/byte-source.ts'
import { describeDamage } from '#base/damage.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import { CommitReader } from '../../rocksdb/commits/commit-reader.ts'
import type { TimestampSize } from '../../rocksdb/log/special-record.ts'
import { walkLog } from '../../rocksdb/log/walk-log.ts'
import { BatchCursor } from '../../rocksdb/wal/batch-cursor.ts'
import { cutRecord } from './cut-record.ts'
import { archiveDiffers, unknownFamily } from './tail-errors.ts'

/** Where the records go that a recovery applies, in order. Pieces are views, and overwritten afterwards. */
export type TailSink = {
  timestampSizes(sizes: readonly TimestampSize[]): void
  record(pieces: readonly Uint8Array[]): void
}

/** Ends the walk of a segment: what follows lies behind the point, or in the next segment. */
class Enough extends Error {}

/**
 * Walks segments of an archive and gives out the records of the commits behind a base and up to a point, proved to follow
 * each other without a hole. A record that several commits were merged into is cut between two of them; a transaction that
 * was prepared and what decides it stay in their order, and a commit whose prepared part is not known is refused.
 * Memory does not depend on the number of records, and nothing is allocated for one besides what the walk needs.
 */
export class SegmentWalk {
  readonly reader: CommitReader
  commitCount = 0
  /** of the next record */
  nextSequence: number
  readonly #lastSequence: number
  readonly #sink: TailSink
  readonly #checkpoint: () => void
  readonly #whole: Uint8Array[] = []
  #columnFamilyIds: ReadonlySet<number> = new Set()
  /** of the segment */
  #upToSequence = 0
  #isTold = false
  #unknownFamily: { readonly id: number; readonly sequence: number } | null = null

  constructor(bounds: { afterSequence: number; lastSequence: number }, sink: TailSink, checkpoint: () => void) {
    this.#lastSequence = bounds.lastSequence
    this.nextSequence = bounds.afterSequence + 1
    this.#sink = sink
    this.#checkpoint = checkpoint
    this.reader = new CommitReader({ commit: (commit) => this.#commit(commit) })
  }

  /** The families that the base knows; commits are told from here on. */
  begin(columnFamilyIds: ReadonlySet<number>): void {
    this.#columnFamilyIds = columnFamilyIds
    this.#isTold = true
  }

  /**
   * @param upToSequence another segment goes on behind it, whatever this one holds there; null: not limited
   * @throws AppError DAMAGED, BACKUP_INCOMPLETE; whatever the sink throws
   */
  segment(source: ByteSource, upToSequence: number | null): void {
    this.#upToSequence = Math.min(upToSequence ?? Number.MAX_SAFE_INTEGER, this.#lastSequence)
    this.reader.beginLog(null, source.name)
    try {
      const { damages } = walkLog(
        source,
        { logNumber: null, checkpoint: this.#checkpoint },
        {
          record: (payload, offsetBytes, payloadOffsetBytes, endOffsetBytes) =>
            this.#record(payload, offsetBytes, payloadOffsetBytes, endOffsetBytes, source.name),
          timestampSizes: (sizes) => this.#sink.timestampSizes(sizes),
        },
      )
      const [damage] = damages
      if (damage !== undefined) throw archiveDiffers('a segment of the archive is damaged', describeDamage(damage))
    } catch (error) {
      if (!(error instanceof Enough)) throw error
    }
  }

  /** Proves that the point was reached. @throws AppError DAMAGED */
  end(root: string): void {
    const found = this.nextSequence - 1
    if (found === this.#lastSequence) return
    throw archiveDiffers(`the archive ends with sequence ${found}, and ${this.#lastSequence} is needed`, root)
  }

  #record(
    payload: Uint8Array,
    offsetBytes: number,
    payloadOffsetBytes: number | null,
    endOffsetBytes: number,
    file: string,
  ): void {
    const start = this.reader.open(payload, payloadOffsetBytes)
    if (start > this.#upToSequence) throw new Enough()
    const expected = this.nextSequence
    if (start > expected) throw archiveDiffers(`sequences ${expected} to ${start - 1} are missing in the archive`, file)
    const unknownBefore = this.reader.unknownPreparedCount
    const next = this.reader.read(offsetBytes, endOffsetBytes)
    if (next <= expected && start < expected) return
    if (this.reader.unknownPreparedCount > unknownBefore) throw this.#unknownPrepared(file, start)
    if (start < expected || next - 1 > this.#upToSequence) {
      this.#part(payload, file, expected - 1, next - 1)
      return
    }
    this.#checkFamilies(payload, file)
    this.#whole[0] = payload
    this.#sink.record(this.#whole)
    this.nextSequence = next
  }

  /** Of a record that begins before the base's end, or ends behind the point. */
  #part(payload: Uint8Array, file: string, afterSequence: number, recordEnd: number): void {
    const upToSequence = Math.min(recordEnd, this.#upToSequence)
    const part = cutRecord(payload, file, { afterSequence, upToSequence })
    if (part === null) {
      const sides = `${afterSequence + 1} or ${upToSequence + 1}`
      throw archiveDiffers(`no commit begins with sequence ${sides}: that would split one`, file)
    }
    this.#checkFamilies(payload, file)
    this.#sink.record(part.pieces)
    this.nextSequence = upToSequence + 1
    if (upToSequence < recordEnd) throw new Enough()
  }

  #commit({ firstSequence, lastSequence, families }: Commit): void {
    const isBefore = !this.#isTold || firstSequence < this.nextSequence
    if (isBefore || Math.max(firstSequence, lastSequence) > this.#upToSequence) return
    this.commitCount += 1
    for (const { columnFamilyId } of families) {
      if (!this.#columnFamilyIds.has(columnFamilyId)) {
        this.#unknownFamily ??= { id: columnFamilyId, sequence: firstSequence }
      }
    }
  }

  #checkFamilies(payload: Uint8Array, file: string): void {
    // what is prepared is in no commit so far
    if (this.#isTold && this.reader.hasTransactions) this.#checkOperations(payload, file)
    if (this.#unknownFamily !== null) throw unknownFamily(this.#unknownFamily.id, this.#unknownFamily.sequence)
  }

  #checkOperations(payload: Uint8Array, file: string): void {
    const cursor = new BatchCursor({ file, structure: 'write batch', offsetBytes: null })
    cursor.reset(payload, null)
    while (cursor.next()) {
      if (!cursor.isOperation || this.#columnFamilyIds.has(cursor.columnFamilyId)) continue
      throw unknownFamily(cursor.columnFamilyId, cursor.sequence)
    }
  }

  #unknownPrepared(file: string, sequence: number): Error {
    const message = 'a transaction is committed whose prepared part is neither in the full backup nor behind it'
    return archiveDiffers(message, `${file}, sequence ${sequence}`)
  }
}
