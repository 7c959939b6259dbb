import { AppError } from '#base/app-error.ts'
import { BodyReader } from './body-reader.ts'

export const IDENTITY_FILE = 'lifeboat.json'
const FORMAT_VERSION = 1
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Which repository a directory is. */
export type RepositoryIdentity = { readonly repositoryId: string; readonly createdAtUs: number }

export function identityBody(identity: RepositoryIdentity): unknown {
  return { formatVersion: FORMAT_VERSION, ...identity }
}

/** @throws DamageError; AppError REPOSITORY_UNUSABLE when a later version of the format is written there */
export function parseIdentity(body: unknown): RepositoryIdentity {
  const reader = new BodyReader(IDENTITY_FILE, body)
  const formatVersion = reader.count('formatVersion', 1)
  if (formatVersion !== FORMAT_VERSION) throw otherVersion(formatVersion)
  return {
    repositoryId: reader.matching('repositoryId', UUID, 'a uuid'),
    createdAtUs: reader.count('createdAtUs'),
  }
}

function otherVersion(formatVersion: number): AppError {
  return new AppError('REPOSITORY_UNUSABLE', {
    message: `the repository has format ${formatVersion}; this version knows format ${FORMAT_VERSION}`,
    subject: IDENTITY_FILE,
    unharmed: 'Nothing was read or written.',
    nextStep: 'Use the version that made it, or a newer one.',
  })
}
