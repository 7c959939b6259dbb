import type { ByteSource } from '#base/byte-source.ts'
import { toHex } from '#base/bytes.ts'
import { ByteReader } from '../byte-reader.ts'
import { failAt, hexWord, type Place } from '../place.ts'
import { type BlockHandle, blockEnd, blockTrailerBytes, readBlockHandle } from './block-handle.ts'
import { blockChecksum, type ChecksumKind, checksumKinds } from './checksum.ts'

const FOOTER_BYTES = 53
const MAGIC_AT = 45
const VERSION_AT = 41
const CHECKSUM_FIELD_AT = 5
const RESERVED_AT = 33
const OLDEST_VERSION = 2
const NEWEST_VERSION = 7
const CONTEXT_CHECKSUM_VERSION = 6
const EXTENDED_MAGIC = '3e007a00'
const BLOCK_BASED_MAGIC = 'f7cff485b741e288'

const refusedTableKinds: Readonly<Record<string, string>> = {
  '57fb808b247547db': 'a block-based table of format version 0',
  '6495bf6396224282': 'a plain table',
  b8138f7aeb18344f: 'a plain table',
  '7378f1c5d0896792': 'a cuckoo table',
}

/** The end of a table file, which says where everything else is. */
export type Footer = {
  readonly formatVersion: number
  readonly checksumKind: ChecksumKind
  /** 0 before format version 6: no context in the checksums */
  readonly baseContext: number
  readonly metaindex: BlockHandle
  /** null from format version 6 on: the metaindex has it */
  readonly index: BlockHandle | null
  readonly offsetBytes: number
}

/**
 * Reads the footer of a block-based table of format version 2 to 7; every other table kind and version is damage.
 * RocksDB: table/format.cc Footer::DecodeFrom; docs/formats/rocksdb.md §5.1
 * @throws DamageError
 */
export function readFooter(source: ByteSource): Footer {
  const offsetBytes = Math.max(0, source.sizeBytes - FOOTER_BYTES)
  const place: Place = { file: source.name, structure: 'footer', offsetBytes }
  if (source.sizeBytes < FOOTER_BYTES) {
    failAt(place, 'file is shorter than a footer', `at least ${FOOTER_BYTES} bytes`, `${source.sizeBytes} bytes`)
  }
  const bytes = new Uint8Array(FOOTER_BYTES)
  const count = source.readInto(bytes, offsetBytes)
  if (count < FOOTER_BYTES) failAt(place, 'file ended early', `${FOOTER_BYTES} bytes`, `${count} bytes`)
  checkMagic(bytes, place)
  const reader = new ByteReader(bytes, { file: source.name, structure: 'footer', offsetBytes: offsetBytes })
  const checksumKind = checksumKinds[reader.u8()]
  if (checksumKind === undefined) failAt(place, 'unknown checksum type', '0 to 4', `${bytes[0]}`)
  reader.position = VERSION_AT
  const formatVersion = reader.fixed32()
  if (formatVersion < OLDEST_VERSION || formatVersion > NEWEST_VERSION) {
    failAt(place, 'format version cannot be read', `${OLDEST_VERSION} to ${NEWEST_VERSION}`, `${formatVersion}`)
  }
  reader.position = 1
  const common = { formatVersion, checksumKind, offsetBytes }
  return formatVersion < CONTEXT_CHECKSUM_VERSION
    ? { ...common, ...readHandles(reader, place) }
    : { ...common, ...readExtended(reader, bytes, checksumKind, place) }
}

function checkMagic(bytes: Uint8Array, place: Place): void {
  const magic = toHex(bytes.subarray(MAGIC_AT))
  if (magic === BLOCK_BASED_MAGIC) return
  const kind = refusedTableKinds[magic]
  if (kind !== undefined) failAt(place, 'unsupported table kind', 'a block-based table', kind)
  failAt(place, 'magic number of a block-based table is missing', BLOCK_BASED_MAGIC, magic)
}

function readHandles(reader: ByteReader, place: Place): Pick<Footer, 'baseContext' | 'metaindex' | 'index'> {
  const metaindex = readBlockHandle(reader)
  const index = readBlockHandle(reader)
  while (reader.position < VERSION_AT) {
    if (reader.u8() !== 0) failAt(place, 'padding after the handles is not zero')
  }
  for (const handle of [metaindex, index]) {
    if (blockEnd(handle) > (place.offsetBytes ?? 0)) {
      failAt(place, 'handle goes past the footer', `at most ${place.offsetBytes}`, `${blockEnd(handle)}`)
    }
  }
  return { baseContext: 0, metaindex, index }
}

function readExtended(
  reader: ByteReader,
  bytes: Uint8Array,
  checksumKind: ChecksumKind,
  place: Place,
): Pick<Footer, 'baseContext' | 'metaindex' | 'index'> {
  const extendedMagic = toHex(reader.slice(4))
  if (extendedMagic !== EXTENDED_MAGIC) failAt(place, 'extended magic is wrong', EXTENDED_MAGIC, extendedMagic)
  const stored = reader.fixed32()
  const baseContext = reader.fixed32()
  const metaindexSizeBytes = reader.fixed32()
  if (baseContext === 0) failAt(place, 'base of the context checksums is 0')
  const offsetBytes = place.offsetBytes ?? 0
  const covered = bytes.slice()
  covered.fill(0, CHECKSUM_FIELD_AT, CHECKSUM_FIELD_AT + 4)
  const computed = blockChecksum(checksumKind, covered, baseContext, offsetBytes)
  if (computed !== stored) failAt(place, 'checksum mismatch', hexWord(stored), hexWord(computed))
  if (bytes.subarray(RESERVED_AT, VERSION_AT).some((byte) => byte !== 0)) {
    failAt(place, 'reserved bytes are set: written by a newer format')
  }
  const metaindexAt = offsetBytes - blockTrailerBytes - metaindexSizeBytes
  if (metaindexAt < 0) {
    failAt(
      place,
      'metaindex is larger than the file',
      `at most ${offsetBytes - blockTrailerBytes}`,
      `${metaindexSizeBytes}`,
    )
  }
  return { baseContext, metaindex: { offsetBytes: metaindexAt, sizeBytes: metaindexSizeBytes }, index: null }
}
