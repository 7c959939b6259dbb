import { memorySource } from '#base/memory-source.ts'
import { directoryFileSet } from '../../../src-main/rocksdb/view/named-file-set.ts'
import { openView, type View, type ViewOptions } from '../../../src-main/rocksdb/view/view.ts'
import { bytesOf } from './fixtures.ts'
import { lengthPrefixed, logOf, varint } from './log-writer.ts'
import {
  type Handle,
  handleValue,
  internalKey,
  plainBlock,
  type RawBlock,
  type RawEntry,
  writeTable,
} from './sst/table-writer.ts'

/** log number 4, next file 20, last sequence */
const newDatabase = (lastSequence: number) =>
  Buffer.concat([2, 4, 3, 20, 4, lastSequence].map((number) => varint(number)))
/** the sequence of a largest key that only marks the end of a range deletion */
const SENTINEL = Buffer.from('0fffffffffffffff', 'hex')

/** A table of a small database, and what the MANIFEST says of it. */
export type TestTable = {
  readonly level: number
  readonly smallest: string
  readonly largest: string
  readonly isLargestExcluded?: boolean
  /** key, sequence, value, and a value type where it is not a put */
  readonly puts?: readonly (readonly [string, number, string, type?: number])[]
  /** begin, end, sequence */
  readonly tombstones?: readonly (readonly [string, string, number])[]
  readonly bytes?: Uint8Array
  /** 5, 6, … when left out */
  readonly fileNumber?: number
  readonly uniqueId?: string
}

/** An index whose separators are the last keys of the blocks. */
export function indexOf(lastKeys: readonly string[]): (handles: readonly Handle[]) => RawBlock {
  return (handles) => ({
    contents: plainBlock(handles.map((handle, order) => [internalKey(lastKeys[order]!, 0), handleValue(handle)])),
  })
}

export function tableBytes({ puts = [], tombstones = [] }: TestTable): Uint8Array {
  const entries = puts.map(
    ([key, sequence, value, type = 1]): RawEntry => [internalKey(key, sequence, type), bytesOf(value)],
  )
  const deletions = tombstones.map(([begin, end, sequence]): RawEntry => {
    return [internalKey(begin, sequence, 0x0f), bytesOf(end)]
  })
  return writeTable({
    dataBlocks: entries.length === 0 ? [] : [{ contents: plainBlock(entries) }],
    index: indexOf(['~']),
    metaBlocks: new Map(deletions.length === 0 ? [] : [['rocksdb.range_del', { contents: plainBlock(deletions) }]]),
  })
}

export type DatabaseOptions = ViewOptions & {
  /** last sequence of the MANIFEST */
  readonly lastSequence?: number
  /** largest sequence that the MANIFEST gives every table */
  readonly largestSequence?: number
}

/** A database of these tables, and one log above them, in memory. */
export function viewOf(
  tables: readonly TestTable[],
  log: readonly Uint8Array[] = [],
  { lastSequence = 1000, largestSequence = 100, ...options }: DatabaseOptions = {},
): View {
  const files = new Map<string, Uint8Array>([['CURRENT', bytesOf('MANIFEST-000001\n')]])
  const edits = tables.map((table, index) => {
    const bytes = table.bytes ?? tableBytes(table)
    const { fileNumber = index + 5, uniqueId } = table
    files.set(`${String(fileNumber).padStart(6, '0')}.sst`, bytes)
    const largest = table.isLargestExcluded
      ? Buffer.concat([bytesOf(table.largest), SENTINEL])
      : internalKey(table.largest)
    return Buffer.concat([
      ...[103, table.level, fileNumber, bytes.length].map((number) => varint(number)),
      lengthPrefixed(internalKey(table.smallest)),
      lengthPrefixed(largest),
      ...[1, largestSequence].map((number) => varint(number)),
      ...(uniqueId === undefined ? [] : [varint(12), lengthPrefixed(uniqueId)]),
      varint(1),
    ])
  })
  files.set('MANIFEST-000001', logOf([newDatabase(lastSequence), ...edits]))
  files.set('000004.log', logOf(log))
  return openView(
    directoryFileSet([...files.keys()], (name) => memorySource(name, files.get(name)!)),
    options,
  )
}
