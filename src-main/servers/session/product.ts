import { cleanLine } from '../read-reply/clean-text.ts'
import type { Reply } from '../reply-tree.ts'
import { textOf } from '../reply-tree.ts'

/** What runs there, as far as it says. */
export type Product = {
  readonly kind: 'lifeboat' | 'samyama' | 'redis' | 'unknown'
  /** null: it does not say */
  readonly version: string | null
  /** Samyama only: enterprise when ADMIN.BACKUP is known to it, public when not */
  readonly edition: 'enterprise' | 'public' | null
}

export const unknownProduct: Product = { kind: 'unknown', version: null, edition: null }

/** Our own servers say both, when they stand in for Samyama: ours counts. */
const versionFields = [
  ['lifeboat', 'lifeboat_version'],
  ['samyama', 'samyama_version'],
  ['redis', 'redis_version'],
] as const

/** @param info the reply to INFO @param hasAdminBackup null: not known */
export function productOf(info: Reply | null, hasAdminBackup: boolean | null): Product {
  const lines = (info === null ? null : textOf(info))?.slice(0, 65_536).split(/\r?\n/) ?? []
  for (const [kind, field] of versionFields) {
    const line = lines.find((each) => each.toLowerCase().startsWith(`${field}:`))
    if (line === undefined) continue
    const version = cleanLine(line.slice(field.length + 1)).slice(0, 64)
    const edition = hasAdminBackup === null ? null : hasAdminBackup ? 'enterprise' : 'public'
    return { kind, version: version === '' ? null : version, edition: kind === 'samyama' ? edition : null }
  }
  return unknownProduct
}
