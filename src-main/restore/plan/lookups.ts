import type { BaseLookup } from './base-lookup.ts'
import type { CommitLookup } from './commit-lookup.ts'

/** What a plan reads besides the facts, when it needs it. */
export type Lookups = { readonly commits: CommitLookup; readonly bases: BaseLookup }
