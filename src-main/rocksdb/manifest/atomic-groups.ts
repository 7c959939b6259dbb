import { limits } from '#base/limits.ts'
import type { VersionEdit } from './version-edit.ts'

/**
 * Holds edits back until their atomic group is complete (docs/formats/rocksdb.md §4.5): edits of a group carry the
 * number of those that still follow.
 */
export class AtomicGroups {
  #held: VersionEdit[] = []
  #heldBytes = 0
  #heldFields = 0
  #remaining: number | null = null

  /** True while a group waits for its rest. */
  get isOpen(): boolean {
    return this.#remaining !== null
  }

  /**
   * The edits to apply now, or a text saying what is wrong.
   * @param sizeBytes of the record that held the edit
   */
  take(edit: VersionEdit, sizeBytes: number): readonly VersionEdit[] | string {
    const remaining = lastRemaining(edit)
    if (remaining === null) {
      return this.#remaining === null ? [edit] : 'an edit outside the group stands inside an atomic group'
    }
    if (this.#remaining !== null && remaining !== this.#remaining - 1) {
      return `an atomic group counts down from ${this.#remaining} to ${remaining}`
    }
    // an edit without fields takes memory as well
    this.#heldFields += edit.length + 1
    this.#heldBytes += sizeBytes
    if (this.#heldFields > limits.manifestEditFieldsMax || this.#heldBytes > limits.manifestEditBytesMax) {
      return 'an atomic group is too large'
    }
    this.#held.push(edit)
    this.#remaining = remaining
    if (remaining > 0) return []
    const group = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#heldFields = 0
    this.#remaining = null
    return group
  }
}

function lastRemaining(edit: VersionEdit): number | null {
  let remaining: number | null = null
  for (const field of edit) if (field.kind === 'in-atomic-group') remaining = field.remaining
  return remaining
}
