import { fixed32At } from '../little-endian.ts'
import { failAt, type Place } from '../place.ts'

const RESTART_COUNT_MASK = 0x0fff_ffff
const SEPARATED_FLAG = 0x1000_0000
const RESERVED_FLAG = 0x4000_0000
const HASH_INDEX_FLAG = 0x8000_0000

/** Where the parts of a block lie; all are offsets into the block's contents. */
export type BlockLayout = {
  /** end of the entries, or of their keys in the separated layout */
  readonly entriesEnd: number
  readonly restartsStart: number
  readonly restartCount: number
  /** start of the values in the separated layout, else -1 */
  readonly valuesStart: number
}

/** Of a cursor without a block. */
export const emptyBlockLayout: BlockLayout = { entriesEnd: 0, restartsStart: 0, restartCount: 0, valuesStart: -1 }

/**
 * Reads the end of a block: its restart array lies inside it and starts at 0. A hash index is stepped over, it only
 * speeds up look-ups of the engine.
 * RocksDB: table/block_based/data_block_footer.cc, block.cc; docs/formats/rocksdb.md §5.5
 * @throws DamageError
 */
export function readBlockLayout(block: Uint8Array, place: Place): BlockLayout {
  if (block.length < 4) failAt(place, 'block is too short', 'at least 4 bytes', `${block.length} bytes`)
  let end = block.length - 4
  const packed = fixed32At(block, end)
  if ((packed & RESERVED_FLAG) !== 0) failAt(place, 'reserved bit of the block footer is set')
  const isSeparated = (packed & SEPARATED_FLAG) !== 0
  let valuesStart = -1
  if (isSeparated) {
    end -= 4
    if (end < 0) failAt(place, 'block is too short for its values offset')
    valuesStart = fixed32At(block, end)
  }
  if ((packed & HASH_INDEX_FLAG) !== 0) end = hashIndexStart(block, end, place)
  const restartCount = packed & RESTART_COUNT_MASK
  const restartsStart = end - restartCount * 4
  if (restartsStart < 0)
    failAt(place, 'restart array is larger than the block', `at most ${end >> 2}`, `${restartCount}`)
  if (valuesStart > restartsStart)
    failAt(place, 'values offset is outside the block', `at most ${restartsStart}`, `${valuesStart}`)
  const entriesEnd = isSeparated ? valuesStart : restartsStart
  checkFirstRestart(block, restartsStart, restartCount, entriesEnd, place)
  return { entriesEnd, restartsStart, restartCount, valuesStart }
}

/** The offset of a restart entry; unless checkRestarts has seen the array, it may be anything. */
export function restartAt(block: Uint8Array, layout: BlockLayout, index: number): number {
  return fixed32At(block, layout.restartsStart + index * 4)
}

/**
 * The last restart before `at`, which is more than 0 and at most the end of the entries. In an array that is not
 * ascending it is some restart before `at`.
 */
export function restartBefore(block: Uint8Array, layout: BlockLayout, at: number): number {
  let low = 0
  let high = layout.restartCount - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (restartAt(block, layout, middle) < at) low = middle
    else high = middle - 1
  }
  return low
}

/** Restarts ascend and lie inside the entries. It looks at all of them: not for large blocks. @throws DamageError */
export function checkRestarts(block: Uint8Array, layout: BlockLayout, place: Place): void {
  const { entriesEnd, restartCount } = layout
  let previous = -1
  for (let index = 0; index < restartCount; index += 1) {
    const restart = restartAt(block, layout, index)
    if (restart <= previous) failAt(place, 'restart offsets are not ascending', `more than ${previous}`, `${restart}`)
    if (restart >= entriesEnd && entriesEnd > 0)
      failAt(place, 'restart is outside the entries', `less than ${entriesEnd}`, `${restart}`)
    previous = restart
  }
}

function hashIndexStart(block: Uint8Array, end: number, place: Place): number {
  if (end < 2) failAt(place, 'block is too short for its hash index')
  const bucketCount = (block[end - 2] as number) | ((block[end - 1] as number) << 8)
  if (bucketCount > end - 2)
    failAt(place, 'hash index is larger than the block', `at most ${end - 2}`, `${bucketCount}`)
  return end - 2 - bucketCount
}

function checkFirstRestart(block: Uint8Array, start: number, count: number, entriesEnd: number, place: Place): void {
  if (entriesEnd === 0) {
    if (count > 1 || (count === 1 && fixed32At(block, start) !== 0))
      failAt(place, 'restart array of an empty block is wrong')
    return
  }
  if (count === 0) failAt(place, 'block with entries has no restart array')
  const first = fixed32At(block, start)
  if (first !== 0) failAt(place, 'first restart is not at the start', '0', `${first}`)
}
