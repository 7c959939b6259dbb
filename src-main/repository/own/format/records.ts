import { BodyReader } from './body-reader.ts'

export const PINS_FOLDER = 'pins'
export const VERIFIED_FOLDER = 'verified'
/** a record names no more */
export const VERIFIED_PROBLEMS_MAX = 100
const REASON_LENGTH_MAX = 10_000

/** A backup that retention must keep, and why. */
export type Pin = { readonly id: number; readonly pinnedAtUs: number; readonly reason: string }

/** The last verification of a backup. */
export type VerifiedBackup = {
  readonly id: number
  readonly level: 'presence' | 'checksum' | 'deep'
  readonly result: 'passed' | 'failed'
  readonly verifiedAtUs: number
  readonly fileCount: number
  readonly readBytes: number
  readonly durationUs: number
  readonly problems: readonly string[]
}

export function recordPath(folder: typeof PINS_FOLDER | typeof VERIFIED_FOLDER, id: number): string {
  return `${folder}/${id}.json`
}

/** @throws DamageError */
export function parsePin(body: unknown, id: number): Pin {
  const reader = new BodyReader(recordPath(PINS_FOLDER, id), body)
  return {
    id: sameId(reader, id),
    pinnedAtUs: reader.count('pinnedAtUs'),
    reason: reader.text('reason', REASON_LENGTH_MAX),
  }
}

/** @throws DamageError */
export function parseVerifiedBackup(body: unknown, id: number): VerifiedBackup {
  const reader = new BodyReader(recordPath(VERIFIED_FOLDER, id), body)
  return {
    id: sameId(reader, id),
    level: reader.oneOf('level', ['presence', 'checksum', 'deep']),
    result: reader.oneOf('result', ['passed', 'failed']),
    verifiedAtUs: reader.count('verifiedAtUs'),
    fileCount: reader.count('fileCount'),
    readBytes: reader.count('readBytes'),
    durationUs: reader.count('durationUs'),
    problems: reader.texts('problems', REASON_LENGTH_MAX),
  }
}

function sameId(reader: BodyReader, id: number): number {
  const found = reader.count('id', 1)
  if (found !== id) throw reader.damage('id', `${id}, as the file is named`, found)
  return id
}
