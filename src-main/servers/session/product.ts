import { cleanLine } from '../read-reply/clean-text.ts'
import type { Reply } from '../reply-tree.ts'
import { textOf } from '../reply-tree.ts'

/** What runs there, as far as it says. */
export type Product = {
  readonly kind: 'lifeboat' | 'samyama' | 'redis' | 'unknown'
  /** null: it does not say */
  readonly version: string | null
  /** which of ours: agent, sandbox; null: it does not say, or is another one's */
  readonly program: string | null
  /** Samyama only: enterprise when ADMIN.BACKUP is known to it, public when not */
  readonly edition: 'enterprise' | 'public' | null
}

export const unknownProduct: Product = { kind: 'unknown', version: null, program: null, edition: null }

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
    const version = fieldOf(lines, field)
    if (version === undefined) continue
    const edition = hasAdminBackup === null ? null : hasAdminBackup ? 'enterprise' : 'public'
    const program = kind === 'lifeboat' ? (fieldOf(lines, 'lifeboat_program') ?? null) : null
    return { kind, version, program, edition: kind === 'samyama' ? edition : null }
  }
  return unknownProduct
}

/** Undefined: no such line; null: an empty one. */
function fieldOf(lines: readonly string[], name: string): string | null | undefined {
  const line = lines.find((each) => each.toLowerCase().startsWith(`${name}:`))
  if (line === undefined) return undefined
  return cleanLine(line.slice(name.length + 1)).slice(0, 64) || null
}
