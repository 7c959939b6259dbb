/** What the rules of retention look at: a row of the list of backups. */
export type RetentionBackup = {
  readonly id: number
  readonly kind: 'full' | 'increment'
  readonly state: 'ok' | 'damaged' | 'incomplete'
  /** null: not readable */
  readonly createdAtUs: number | null
  /** the backup it builds on; null for a full, and where it cannot be read */
  readonly baseId: number | null
  readonly verified: { readonly level: 'presence' | 'checksum' | 'deep'; readonly result: 'passed' | 'failed' } | null
}

/** 0 means no limit. */
export type RetentionPolicy = { readonly maxCount: number; readonly maxAgeDays: number }
