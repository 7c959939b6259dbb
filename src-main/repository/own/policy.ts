import type { BackupDirectory } from '../backup-directory.ts'
import { noPolicy, POLICY_FILE, type Policy, parsePolicy } from './format/policy.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import type { RepositoryWriter } from './writer.ts'

/** Without a file nothing goes and nothing is scheduled. @throws DamageError, AppError */
export function readPolicy(directory: BackupDirectory): Policy {
  return readSealedFile(directory, POLICY_FILE, parsePolicy) ?? noPolicy
}

/** @throws AppError; DamageError for a policy that could not be read again */
export function replacePolicy(writer: RepositoryWriter, policy: Policy): void {
  writeSealedFile(writer, POLICY_FILE, parsePolicy(policy))
}
