import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { writeFileDurably } from '#base/durable-file.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { openLocalFile } from '#base/local-file.ts'
import type { ReportKey } from './sign-report.ts'

const KEY_FILE = 'report-key.pem'
/** an ed25519 key in PKCS #8 has 119 */
const KEY_BYTES_MAX = 4096
const OWNER_ONLY = 0o600

/**
 * The key of this machine: made durably when it is asked for first, readable by its owner alone, and never replaced.
 * @param folder of the application's data; it is there
 * @throws AppError CATALOG_UNUSABLE when the file holds no such key; DISK_FULL, ACCESS_DENIED, IO_FAILED
 */
export function reportKey(folder: string, layer: FileLayer = nodeFileLayer): ReportKey {
  const path = join(folder, KEY_FILE)
  const known = readKey(path)
  if (known !== null) return { privateKey: known }
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileDurably(path, Buffer.from(pem), layer, OWNER_ONLY)
  // of two programs that make it at once, both go on with what lies there now
  return { privateKey: readKey(path) ?? privateKey }
}

function readKey(path: string): KeyObject | null {
  const bytes = readSmallFile(path)
  if (bytes === null) return null
  try {
    const key = createPrivateKey({ key: Buffer.from(bytes), format: 'pem' })
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // said below
  }
  throw new AppError('CATALOG_UNUSABLE', {
    message: 'the key that reports are signed with cannot be read',
    subject: path,
    unharmed: 'No report was changed.',
    nextStep:
      'Bring the file back from a copy, or move it away: a new key is made then, and older reports keep theirs.',
  })
}

function readSmallFile(path: string): Uint8Array | null {
  try {
    const source = openLocalFile(path, path)
    try {
      const bytes = new Uint8Array(Math.min(source.sizeBytes, KEY_BYTES_MAX))
      return bytes.subarray(0, source.readInto(bytes, 0))
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'PATH_NOT_FOUND') return null
    throw error
  }
}
