import { type Damage, DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { openTable, type Table } from '../../../../src-main/rocksdb/sst/table.ts'
import type { TableIterator } from '../../../../src-main/rocksdb/sst/table-iterator.ts'
import { verifyBlocks } from '../../../../src-main/rocksdb/sst/verify-blocks.ts'
import type { Answer, Files } from '../../../support/fuzz/target.ts'
import { entryText } from './entry-text.ts'
import { onlyFile } from './fixture-inputs.ts'

/** An iterator that moves on behind damage must come to an end all the same. */
const DAMAGES_MAX = 10_000
const SOUGHT = ['', 'key0000050', 'k5', 'zzz'].map((text) => new Uint8Array(Buffer.from(text)))

/** Verifies every block, then reads all of the table forward, backward and by seeking. */
export function readTable(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const damages = [...verifyBlocks(memorySource(name, bytes)).damages]
  return readOpened(name, openTable(memorySource(name, bytes)), damages)
}

/** The same without the checksums, so that noise reaches the decoders. */
export function readTableUnchecked(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  return readOpened(name, openTable(memorySource(name, bytes), { verifyChecksums: false }), [])
}

function readOpened(name: string, table: Table, damages: Damage[]): Answer {
  const forward = entriesOf(name, table, damages, 'forward')
  const backward = entriesOf(name, table, damages, 'backward')
  const tombstones = tombstonesOf(table, damages)
  seekEverywhere(table, damages)
  const isTurned = damages.length === 0 && forward.join() !== backward.toReversed().join()
  return { items: [...forward, ...tombstones, ...(isTurned ? ['other entries backward'] : [])], damages }
}

function entriesOf(name: string, table: Table, damages: Damage[], direction: 'forward' | 'backward'): string[] {
  const items: string[] = []
  const iterator = attempt(() => table.iterator(), damages)
  if (iterator === undefined) return items
  const start = direction === 'forward' ? () => iterator.seekToFirst() : () => iterator.seekToLast()
  const move = direction === 'forward' ? () => iterator.next() : () => iterator.prev()
  const countBefore = damages.length
  for (let step = start; ; step = move) {
    const damagesBefore = damages.length
    attempt(step, damages)
    if (iterator.valid) items.push(entryIn(name, iterator))
    else if (damages.length === damagesBefore) return items
    if (damages.length > countBefore + DAMAGES_MAX) throw new Error(`${direction}, damage without end`)
  }
}

/** An ingested file has a sequence that no checksum covers. */
function entryIn(name: string, iterator: TableIterator): string {
  const sequence = name.includes('ingested') ? 0 : iterator.sequence
  return entryText(iterator.userKey, sequence, iterator.type, iterator.value)
}

function tombstonesOf(table: Table, damages: Damage[]): string[] {
  const tombstones = attempt(() => table.rangeTombstones(), damages) ?? []
  return tombstones.map(({ begin, end, sequence }) => `range ${entryText(begin, sequence, 0, end)}`)
}

function seekEverywhere(table: Table, damages: Damage[]): void {
  const iterator = attempt(() => table.iterator(), damages)
  for (const key of SOUGHT) {
    attempt(() => iterator?.seek(key), damages)
    attempt(() => iterator?.seekForPrev(key), damages)
  }
  attempt(() => [table.firstKey(), table.lastKey()], damages)
}

/** What it gives, undefined for damage, which is kept. */
function attempt<Result>(read: () => Result, damages: Damage[]): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    damages.push(error.damage)
    return undefined
  }
}
