import type { VersionEdit } from './version-edit.ts'

/** A group has an edit a column family and a few more; nobody has this many families. */
const GROUP_EDITS_MAX = 100_000

/**
 * Holds edits back until their atomic group is complete (docs/formats/rocksdb.md §4.5): edits of a group carry the
 * number of those that still follow.
 */
export class AtomicGroups {
  #held: VersionEdit[] = []
  #remaining: number | null = null

  /** True while a group waits for its rest. */
  get isOpen(): boolean {
    return this.#remaining !== null
  }

  /** The edits to apply now, or a text saying what is wrong. */
  take(edit: VersionEdit): readonly VersionEdit[] | string {
    const remaining = lastRemaining(edit)
    if (remaining === null) {
      return this.#remaining === null ? [edit] : 'an edit outside the group stands inside an atomic group'
    }
    if (this.#remaining !== null && remaining !== this.#remaining - 1) {
      return `an atomic group counts down from ${this.#remaining} to ${remaining}`
    }
    if (this.#held.length >= GROUP_EDITS_MAX) return `an atomic group has more than ${GROUP_EDITS_MAX} edits`
    this.#held.push(edit)
    this.#remaining = remaining
    if (remaining > 0) return []
    const group = this.#held
    this.#held = []
    this.#remaining = null
    return group
  }
}

function lastRemaining(edit: VersionEdit): number | null {
  let remaining: number | null = null
  for (const field of edit) if (field.kind === 'in-atomic-group') remaining = field.remaining
  return remaining
}
