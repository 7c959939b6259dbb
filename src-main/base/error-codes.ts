/**
 * Every code an error can carry across the contract, with the command line's exit status.
 * 2 usage · 3 not found · 4 source unusable · 5 damage found · 6 target refused · 7 resources · 8 stopped · 70 our bug
 */
export const errorCodes = {
  BAD_REQUEST: 2,
  SOURCE_NOT_FOUND: 3,
  BACKUP_NOT_FOUND: 3,
  JOB_NOT_FOUND: 3,
  VERIFICATION_NOT_FOUND: 3,
  COLUMN_FAMILY_NOT_FOUND: 3,
  INSTANT_NOT_COVERED: 3,
  PATH_NOT_FOUND: 3,
  NOT_A_DIRECTORY: 4,
  NOT_A_BACKUP_DIRECTORY: 4,
  NOT_A_DATABASE_DIRECTORY: 4,
  ACCESS_DENIED: 4,
  SOURCE_CHANGED: 4,
  BACKUP_INCOMPLETE: 4,
  DAMAGED: 5,
  CHECKSUM_MISMATCH: 5,
  TARGET_NOT_EMPTY: 6,
  TARGET_INSIDE_SOURCE: 6,
  TARGET_UNUSABLE: 6,
  TARGET_BUSY: 6,
  DISK_FULL: 7,
  IO_FAILED: 7,
  LIMIT_EXCEEDED: 7,
  CATALOG_UNUSABLE: 7,
  JOB_FINISHED: 2,
  JOB_RUNNING: 2,
  STOPPED: 8,
  INTERNAL: 70,
} as const

export type ErrorCode = keyof typeof errorCodes
