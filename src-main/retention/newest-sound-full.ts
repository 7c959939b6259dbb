import type { RetentionBackup } from './retention-backup.ts'

/** A full that nothing is known against: not damaged, nothing missing, no failed verification. */
function isSoundFull(backup: RetentionBackup): boolean {
  return backup.kind === 'full' && backup.state === 'ok' && backup.verified?.result !== 'failed'
}

function isProvedFull(backup: RetentionBackup): boolean {
  return isSoundFull(backup) && backup.verified !== null && backup.verified.level !== 'presence'
}

/** The newest full that nothing is known against; null when there is none. */
export function newestSoundFull(backups: readonly RetentionBackup[]): number | null {
  return newest(backups.filter(isSoundFull))
}

/** The newest sound full whose bytes a verification compared; null when there is none. */
export function newestProvedFull(backups: readonly RetentionBackup[]): number | null {
  return newest(backups.filter(isProvedFull))
}

/**
 * The newest full of all, while no full has been proved by a comparison of bytes: as long as nothing is proved, what
 * looks worse may be the better one. Null when one was proved, and when there is no full.
 */
export function newestFullWhileUnproved(backups: readonly RetentionBackup[]): number | null {
  return backups.some(isProvedFull) ? null : newest(backups.filter(({ kind }) => kind === 'full'))
}

function newest(backups: readonly RetentionBackup[]): number | null {
  return backups.reduce<number | null>((highest, { id }) => (highest === null || id > highest ? id : highest), null)
}
