import { blockChecksum, type ChecksumKind, checksumKinds } from '../../../../src-main/rocksdb/sst/checksum.ts'

/** A small writer of tables that may be as wrong as a test wants: format version 5, plain index, no filter. */

export type RawBlock = { readonly contents: Uint8Array; readonly type?: number }
export type RawEntry = readonly [key: Uint8Array, value: Uint8Array]
export type Handle = { offset: number; size: number }

export type TableParts = {
  readonly dataBlocks: readonly RawBlock[]
  /** what the index says; the default is the truth */
  readonly index?: ((handles: readonly Handle[]) => RawBlock) | undefined
  readonly properties?: ReadonlyMap<string, Uint8Array> | undefined
  readonly metaBlocks?: ReadonlyMap<string, RawBlock> | undefined
  readonly checksum?: ChecksumKind | undefined
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))))
}

export function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  while (left >= 128) {
    bytes.push((left % 128) + 128)
    left = Math.floor(left / 128)
  }
  return [...bytes, left]
}

export function fixed32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255]
}

export function handleValue(handle: Handle): Uint8Array {
  return concat(varint(handle.offset), varint(handle.size))
}

export function internalKey(userKey: string, sequence = 1, type = 1): Uint8Array {
  return concat(bytesOf(userKey), [type], fixed32(sequence), [0, 0, 0])
}

/** Every entry is a restart point. */
export function plainBlock(entries: readonly RawEntry[], flags = 0): Uint8Array {
  const parts: Uint8Array[] = []
  const restarts: number[] = []
  let at = 0
  for (const [key, value] of entries) {
    const entry = concat(varint(0), varint(key.length), varint(value.length), key, value)
    restarts.push(at)
    parts.push(entry)
    at += entry.length
  }
  if (restarts.length === 0) restarts.push(0)
  return concat(...parts, restarts.flatMap(fixed32), fixed32(restarts.length + flags))
}

export const plainProperties: ReadonlyMap<string, Uint8Array> = new Map([
  ['rocksdb.block.based.table.index.type', concat(fixed32(0))],
  ['rocksdb.comparator', bytesOf('leveldb.BytewiseComparator')],
])

export function writeTable(parts: TableParts): Uint8Array {
  const checksum = parts.checksum ?? 'crc32c'
  const file = new FileWriter(checksum)
  const handles = parts.dataBlocks.map((block) => file.add(block))
  const meta = new Map<string, Handle>()
  for (const [name, block] of parts.metaBlocks ?? []) meta.set(name, file.add(block))
  const properties = [...(parts.properties ?? plainProperties)].map(([name, value]): RawEntry => [bytesOf(name), value])
  meta.set('rocksdb.properties', file.add({ contents: plainBlock(properties) }))
  const index = file.add(parts.index?.(handles) ?? { contents: indexBlock(handles) })
  const metaEntries = [...meta]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, handle]): RawEntry => [bytesOf(name), handleValue(handle)])
  const metaindex = file.add({ contents: plainBlock(metaEntries) })
  return file.finish(metaindex, index)
}

function indexBlock(handles: readonly Handle[]): Uint8Array {
  return plainBlock(handles.map((handle, order): RawEntry => [internalKey(`s${order}`), handleValue(handle)]))
}

class FileWriter {
  readonly #checksum: ChecksumKind
  readonly #parts: Uint8Array[] = []
  #size = 0

  constructor(checksum: ChecksumKind) {
    this.#checksum = checksum
  }

  add(block: RawBlock): Handle {
    const handle = { offset: this.#size, size: block.contents.length }
    const stored = concat(block.contents, [block.type ?? 0])
    this.#append(concat(stored, fixed32(blockChecksum(this.#checksum, stored, 0, handle.offset))))
    return handle
  }

  finish(metaindex: Handle, index: Handle): Uint8Array {
    const footer = new Uint8Array(53)
    footer[0] = checksumKinds.indexOf(this.#checksum)
    footer.set(concat(handleValue(metaindex), handleValue(index)), 1)
    footer.set(fixed32(5), 41)
    footer.set([0xf7, 0xcf, 0xf4, 0x85, 0xb7, 0x41, 0xe2, 0x88], 45)
    this.#append(footer)
    return concat(...this.#parts)
  }

  #append(bytes: Uint8Array): void {
    this.#parts.push(bytes)
    this.#size += bytes.length
  }
}
