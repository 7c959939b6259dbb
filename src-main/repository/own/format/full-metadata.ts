import { BodyReader } from './body-reader.ts'
import { TIMELINE_ID } from './timelines.ts'

const LABEL_LENGTH_MAX = 10_000

/** What the application metadata of a full backup says; sequences are those of docs/formats/repository.md. */
export type FullMetadata = {
  readonly timeline: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly createdAtUs: number
  readonly lastCommitAtUs: number | null
  readonly label: string | null
}

/**
 * The application metadata of a backup's meta file; null when another program wrote it, or nothing.
 * @throws DamageError when it is ours and not what the format says
 */
export function parseFullMetadata(bytes: Uint8Array | null, metaPath: string): FullMetadata | null {
  const body = bytes === null ? null : ownJson(bytes)
  if (body === null) return null
  const reader = new BodyReader(metaPath, body)
  if (reader.count('lifeboat') !== 1) throw reader.damage('lifeboat', 'version 1', reader.count('lifeboat'))
  return {
    timeline: reader.matching('timeline', TIMELINE_ID, 'the id of a timeline'),
    firstSequence: reader.count('firstSequence'),
    lastSequence: reader.count('lastSequence'),
    createdAtUs: reader.count('createdAtUs'),
    lastCommitAtUs: reader.nullable('lastCommitAtUs', (name) => reader.count(name)),
    label: reader.nullable('label', (name) => reader.text(name, LABEL_LENGTH_MAX)),
  }
}

function ownJson(bytes: Uint8Array): object | null {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof body === 'object' && body !== null && 'lifeboat' in body ? body : null
  } catch {
    // another program may keep anything there
    return null
  }
}
