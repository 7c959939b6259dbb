import { deflateRawSync, zstdCompressSync } from 'node:zlib'
import { memorySource } from '#base/memory-source.ts'
import { type BlockHandle, blockTrailerBytes } from '../../../../src-main/rocksdb/sst/block-handle.ts'
import type { BlockSource } from '../../../../src-main/rocksdb/sst/block-reader.ts'
import { blockChecksum, checksumKinds } from '../../../../src-main/rocksdb/sst/checksum.ts'
import { decompressBlock } from '../../../../src-main/rocksdb/sst/compression.ts'
import { readFooter } from '../../../../src-main/rocksdb/sst/footer.ts'
import { IndexCursor } from '../../../../src-main/rocksdb/sst/index-cursor.ts'
import { indexShape } from '../../../../src-main/rocksdb/sst/index-shape.ts'
import { readMetaindex } from '../../../../src-main/rocksdb/sst/metaindex.ts'
import { readTableProperties } from '../../../../src-main/rocksdb/sst/properties.ts'
import { readPropertyMap } from '../../../../src-main/rocksdb/sst/property-map.ts'
import { propertiesHandle } from '../../../../src-main/rocksdb/sst/table.ts'
import { binaryMutations, concatBytes, inPlaceMutations, type Mutation } from '../../../support/fuzz/mutations.ts'
import { pick, type Random } from '../../../support/fuzz/random.ts'
import { type RawBlock, varint, writeTable } from '../sst/table-writer.ts'

const CLAIMED_BYTES = [0, 1, 70_000, 2 ** 20, 2 ** 26, 100_000_000, 2 ** 28, 2 ** 28 + 1, 2 ** 40]
const FOOTER_BYTES = 53
const FOOTER_CHECKSUM_AT = 5
const BASE_CONTEXT_AT = 9
const VERSION_AT = 41
const CONTEXT_CHECKSUM_VERSION = 6

type Blocks = { readonly file: BlockSource; readonly data: BlockHandle[]; readonly all: BlockHandle[] }

const blocksOf = new WeakMap<Uint8Array, Blocks>()

/** Where the blocks of an undamaged table lie. */
function tableBlocks(bytes: Uint8Array): Blocks {
  const known = blocksOf.get(bytes)
  if (known !== undefined) return known
  const source = memorySource('table', bytes)
  const file = { source, footer: readFooter(source), verifyChecksums: false, cache: null, cacheKey: '' }
  const metaindex = readMetaindex(file)
  const handle = propertiesHandle(file, metaindex)
  const place = { file: 'table', structure: 'properties block', offsetBytes: handle.offsetBytes }
  const properties = readTableProperties(readPropertyMap(file, handle), file.footer.formatVersion, place)
  const partitions: BlockHandle[] = []
  const data: BlockHandle[] = []
  const cursor = new IndexCursor(file, indexShape(metaindex, properties), (partition) => partitions.push(partition))
  while (cursor.next()) data.push({ ...plainHandle(cursor.handle) })
  const all = [...data, ...partitions, ...metaindex.handles.values(), metaindex.index, file.footer.metaindex]
  const blocks = { file, data, all }
  blocksOf.set(bytes, blocks)
  return blocks
}

function plainHandle({ offsetBytes, sizeBytes }: BlockHandle): BlockHandle {
  return { offsetBytes, sizeBytes }
}

function changeBlock(bytes: Uint8Array, random: Random): Uint8Array {
  return withChangedBlock(bytes, random, (stored) => {
    // now and then the compression type too
    const part = random(8) === 0 ? stored : stored.subarray(0, -1)
    // counts and restart points stand at the end of a block, sizes at its start
    const piece = pick([part, part, part.subarray(-12), part.subarray(0, 12)], random)
    piece.set(pick(inPlaceMutations, random).apply(piece, random, bytes))
  })
}

/** A compressed block starts with the size that it unpacks to. */
function claimSize(bytes: Uint8Array, random: Random): Uint8Array {
  return withChangedBlock(bytes, random, (stored) => {
    const claim = varint(pick(CLAIMED_BYTES, random))
    stored.set(claim.slice(0, stored.length - 1))
  })
}

/** One block changed in its place, its checksum made right. */
function withChangedBlock(bytes: Uint8Array, random: Random, change: (storedWithType: Buffer) => void): Uint8Array {
  const { file, data, all } = tableBlocks(bytes)
  const { offsetBytes, sizeBytes } = pick(random(2) === 0 && data.length > 0 ? data : all, random)
  const copy = Buffer.from(bytes)
  const stored = copy.subarray(offsetBytes, offsetBytes + sizeBytes + 1)
  change(stored)
  const { checksumKind, baseContext } = file.footer
  const checksum = blockChecksum(checksumKind, stored, baseContext, offsetBytes)
  copy.writeUInt32LE(checksum, offsetBytes + sizeBytes + blockTrailerBytes - 4)
  return new Uint8Array(copy)
}

function changeFooter(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(bytes)
  const footer = copy.subarray(-FOOTER_BYTES)
  // the magic number stays: without it there is nothing to read
  const fields = footer.subarray(0, VERSION_AT + 4)
  fields.set(pick(inPlaceMutations, random).apply(fields, random, bytes))
  const kind = checksumKinds[footer[0]!]
  if (kind !== undefined && footer.readUInt32LE(VERSION_AT) >= CONTEXT_CHECKSUM_VERSION) {
    footer.writeUInt32LE(0, FOOTER_CHECKSUM_AT)
    const baseContext = footer.readUInt32LE(BASE_CONTEXT_AT)
    footer.writeUInt32LE(blockChecksum(kind, footer, baseContext, copy.length - FOOTER_BYTES), FOOTER_CHECKSUM_AT)
  }
  return new Uint8Array(copy)
}

/** The contents of all data blocks in a new table, one of them changed and packed anew. */
function writeAgain(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const contents = dataContents(bytes)
  if (contents.length === 0) return bytes
  const at = random(contents.length)
  const foreign = dataContents(other).at(0) ?? bytes
  const changed = pick(binaryMutations, random).apply(contents[at]!, random, foreign)
  const packed = pick(packers, random)(changed)
  const isPackedToo = random(2) === 0
  const stored = isPackedToo ? pick(binaryMutations, random).apply(packed.contents, random, foreign) : packed.contents
  const blocks: RawBlock[] = contents.map((block) => ({ contents: block }))
  return writeTable({
    dataBlocks: blocks.with(at, { ...packed, contents: stored }),
    checksum: pick(checksumKinds, random),
  })
}

const packers: readonly ((contents: Uint8Array) => RawBlock)[] = [
  (contents) => ({ contents, type: 0 }),
  (contents) => ({ contents: snappyLiterals(contents), type: 1 }),
  (contents) => ({ contents: sized(contents, deflateRawSync(contents)), type: 2 }),
  (contents) => ({ contents: sized(contents, zstdCompressSync(contents)), type: 7 }),
]

function sized(contents: Uint8Array, packed: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from(varint(contents.length)), packed)
}

function snappyLiterals(contents: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(varint(contents.length))]
  for (let at = 0; at < contents.length; at += 60) {
    const literal = contents.subarray(at, at + 60)
    parts.push(Uint8Array.of((literal.length - 1) << 2), literal)
  }
  return concatBytes(...parts)
}

const contentsOf = new WeakMap<Uint8Array, Uint8Array[]>()

function dataContents(bytes: Uint8Array): Uint8Array[] {
  const known = contentsOf.get(bytes)
  if (known !== undefined) return known
  const { file, data } = tableBlocks(bytes)
  const dictionaryHandle = readMetaindex(file).handles.get('rocksdb.compression_dict')
  const dictionary = dictionaryHandle === undefined ? null : unpack(bytes, dictionaryHandle, null)
  const contents = data.map((handle) => unpack(bytes, handle, dictionary))
  contentsOf.set(bytes, contents)
  return contents
}

function unpack(bytes: Uint8Array, handle: BlockHandle, dictionary: Uint8Array | null): Uint8Array {
  const end = handle.offsetBytes + handle.sizeBytes
  const place = { file: 'table', structure: 'data block', offsetBytes: handle.offsetBytes }
  return decompressBlock(bytes[end]!, bytes.subarray(handle.offsetBytes, end), dictionary, null, place).slice()
}

/** Mutations behind the checksums of a table. */
export const tableRepairs: readonly Mutation[] = [
  { name: 'block changed', kind: 'repairs', apply: changeBlock },
  { name: 'block changed', kind: 'repairs', apply: changeBlock },
  { name: 'size claimed', kind: 'repairs', apply: claimSize },
  { name: 'footer changed', kind: 'repairs', apply: changeFooter },
  { name: 'table written again', kind: 'repairs', apply: writeAgain },
]
