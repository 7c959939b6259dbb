import { type Damage, DamageError } from '#base/damage.ts'
import { crc32c } from '../rocksdb/crc32c.ts'

const HEAD = /^\{"crc32c":(0|[1-9][0-9]{0,9}),"body":/
const TAIL = '}\n'

/** A JSON document with a checksum over its own bytes: docs/formats/repository.md, "Sealed JSON". */
export function sealJson(body: unknown): Uint8Array {
  const text = JSON.stringify(body)
  return Buffer.from(`{"crc32c":${crc32c(Buffer.from(text))},"body":${text}${TAIL}`)
}

/**
 * The body of a sealed document, not yet looked at.
 * @param file for the message
 * @throws DamageError when it is no sealed document, or not the one that was written
 */
export function openSealedJson(file: string, bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const head = HEAD.exec(text)
  if (head === null || !text.endsWith(TAIL)) throw new DamageError(damage(file, 'not a sealed JSON document'))
  const body = text.slice(head[0].length, -TAIL.length)
  const found = String(crc32c(Buffer.from(body)))
  if (found !== head[1]) throw new DamageError(damage(file, 'the checksum does not match', head[1] ?? null, found))
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new DamageError(damage(file, `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`))
  }
}

function damage(file: string, problem: string, expected: string | null = null, found: string | null = null): Damage {
  return { file, offsetBytes: 0, structure: 'sealed JSON', problem, expected, found }
}
