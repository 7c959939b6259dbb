import { createHash } from 'node:crypto'
import { openSealedJson, sealJson } from '../../sealed-json.ts'
import { BodyReader } from '../format/body-reader.ts'
import { UUID } from '../format/identity.ts'

const TEXT_LENGTH_MAX = 300
const CRC_DIGITS = 10
const CRC_AT = '{"crc32c":'.length

export type LockProgram = 'agent' | 'sandbox'

/** Who holds the lock of a repository, as locks/writer.json says. */
export type LockHolder = {
  readonly instanceId: string
  readonly host: string
  readonly processId: number
  /** the kernel and the process numbers it counts: a process number means something only there; null: not known */
  readonly processSpace: string | null
  /** tells a process from a later one with the same number; null: not known */
  readonly processStart: string | null
  readonly startedAtUs: number
  readonly heartbeatAtUs: number
  readonly program: LockProgram
}

/** What a lock file says: its holder, or only what tells these bytes from others. */
export type LockFile = {
  readonly holder: LockHolder | null
  /** names this holder in the names of files: the instance, or a digest of what cannot be understood */
  readonly key: string
  /** changes with every heartbeat */
  readonly content: string
}

/**
 * The sealed bytes of a holder, always of the same length for the same process, so that a heartbeat overwrites them in
 * place: its time is moved on by microseconds until the checksum has ten digits.
 */
export function holderBytes(holder: LockHolder): { bytes: Uint8Array; heartbeatAtUs: number } {
  for (let heartbeatAtUs = holder.heartbeatAtUs; ; heartbeatAtUs += 1) {
    const bytes = sealJson({ ...holder, heartbeatAtUs })
    if (bytes[CRC_AT + CRC_DIGITS] === 0x2c) return { bytes, heartbeatAtUs }
  }
}

/** Never throws for bytes that are no holder: a lock that cannot be understood still is one. */
export function parseLockFile(name: string, bytes: Uint8Array): LockFile {
  const content = createHash('sha256').update(name).update(bytes).digest('hex')
  try {
    const holder = parseHolder(name, openSealedJson(name, bytes))
    return { holder, key: holder.instanceId, content }
  } catch {
    return { holder: null, key: content.slice(0, 32), content }
  }
}

function parseHolder(name: string, body: unknown): LockHolder {
  const reader = new BodyReader(name, body)
  const text = (field: string) => reader.text(field, TEXT_LENGTH_MAX)
  return {
    instanceId: reader.matching('instanceId', UUID, 'a uuid'),
    host: text('host'),
    processId: reader.count('processId', 1),
    processSpace: reader.nullable('processSpace', text),
    processStart: reader.nullable('processStart', text),
    startedAtUs: reader.count('startedAtUs'),
    heartbeatAtUs: reader.count('heartbeatAtUs'),
    program: reader.oneOf('program', ['agent', 'sandbox']),
  }
}
