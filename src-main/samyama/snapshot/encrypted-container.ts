import { createDecipheriv } from 'node:crypto'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { asBuffer } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'
import { readExactly } from './source-chunks.ts'

const KEY_BYTES = 32

const MAGIC = 'SGSNAPENC'
const VERSION_MARK = '\0\0\x01'
const PREFIX_BYTES = 8
const HEADER_BYTES = MAGIC.length + VERSION_MARK.length + PREFIX_BYTES
const LENGTH_BYTES = 4
const TAG_BYTES = 16
const FRAME_BYTES_MAX = 64 * 1024 + TAG_BYTES
const LAST_FRAME = 'end'

/** True when the first bytes of a file say that it is an encrypted snapshot. */
export function isEncryptedSnapshot(head: Uint8Array): boolean {
  return asBuffer(head).toString('latin1', 0, MAGIC.length) === MAGIC
}

/** The key in a key file: 32 bytes, or 64 hex digits with white space; null for anything else. */
export function parseSnapshotKey(file: Uint8Array): Uint8Array | null {
  if (file.byteLength === KEY_BYTES) return file
  const digits = asBuffer(file).toString('latin1').replaceAll(/\s/g, '')
  return /^[0-9a-fA-F]{64}$/.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : null
}

/**
 * The plaintext of an encrypted snapshot, frame by frame. Follows docs/formats/samyama.md §3.5.
 * @param key 32 bytes
 * @throws DamageError; AppError ACCESS_DENIED when the key does not open the first frame
 */
export function* decryptSnapshot(source: ByteSource, key: Uint8Array): Generator<Uint8Array> {
  assert(key.byteLength === KEY_BYTES, 'a snapshot key has 32 bytes')
  const prefix = readHeader(source)
  let offsetBytes = HEADER_BYTES
  for (let counter = 0; ; counter += 1) {
    const sealed = readFrame(source, offsetBytes)
    const plaintext = openFrame(sealed, key, prefix, counter)
    if (plaintext === null) throw counter === 0 ? wrongKey(source) : damaged(source, offsetBytes, 'it was changed')
    offsetBytes += LENGTH_BYTES + sealed.byteLength
    if (plaintext.toString('latin1') === LAST_FRAME) break
    yield plaintext
  }
  if (offsetBytes < source.sizeBytes) throw damaged(source, offsetBytes, 'bytes behind the last frame')
}

/** The random part of the nonces. */
function readHeader(source: ByteSource): Buffer {
  const header = Buffer.alloc(Math.min(HEADER_BYTES, source.sizeBytes))
  readExactly(source, header, 0)
  if (header.byteLength < HEADER_BYTES) throw damaged(source, 0, 'truncated: the header is cut off')
  if (header.toString('latin1', MAGIC.length, MAGIC.length + VERSION_MARK.length) !== VERSION_MARK) {
    throw damaged(source, MAGIC.length, 'unknown version of encryption')
  }
  return header.subarray(HEADER_BYTES - PREFIX_BYTES)
}

/** Ciphertext and tag. */
function readFrame(source: ByteSource, offsetBytes: number): Buffer {
  const leftBytes = source.sizeBytes - offsetBytes - LENGTH_BYTES
  if (leftBytes < 0) throw damaged(source, offsetBytes, 'truncated: the last frame is missing')
  const length = Buffer.alloc(LENGTH_BYTES)
  readExactly(source, length, offsetBytes)
  const sealedBytes = length.readUInt32LE()
  if (sealedBytes < TAG_BYTES || sealedBytes > FRAME_BYTES_MAX) throw damaged(source, offsetBytes, 'impossible length')
  if (sealedBytes > leftBytes) throw damaged(source, offsetBytes, 'truncated: the frame is cut off')
  const sealed = Buffer.alloc(sealedBytes)
  readExactly(source, sealed, offsetBytes + LENGTH_BYTES)
  return sealed
}

/** Null when the frame was not sealed with this key at this place. */
function openFrame(sealed: Buffer, key: Uint8Array, prefix: Buffer, counter: number): Buffer | null {
  const place = Buffer.alloc(4)
  place.writeUInt32LE(counter)
  const options = { authTagLength: TAG_BYTES }
  const cipher = createDecipheriv('chacha20-poly1305', key, Buffer.concat([prefix, place]), options)
  const textBytes = sealed.byteLength - TAG_BYTES
  cipher.setAAD(place, { plaintextLength: textBytes }).setAuthTag(sealed.subarray(textBytes))
  const plaintext = cipher.update(sealed.subarray(0, textBytes))
  try {
    cipher.final()
    return plaintext
  } catch {
    return null
  }
}

function damaged(source: ByteSource, offsetBytes: number, problem: string): DamageError {
  const structure = 'encrypted frame'
  return new DamageError({ file: source.name, offsetBytes, structure, problem, expected: null, found: null })
}

/** The error for an encrypted snapshot without its key. */
export function keyNeeded(source: ByteSource): AppError {
  return new AppError('ACCESS_DENIED', {
    message: 'the snapshot is encrypted',
    subject: source.name,
    unharmed: 'Nothing was written.',
    nextStep: 'Give the key file that the server encrypted it with (SAMYAMA_SNAPSHOT_KEY).',
  })
}

function wrongKey(source: ByteSource): AppError {
  return new AppError('ACCESS_DENIED', {
    message: 'the key does not open the snapshot, or its first frame is damaged',
    subject: source.name,
    unharmed: 'Nothing was written.',
    nextStep: 'Check that the key file is the one of the server that wrote the snapshot.',
  })
}
