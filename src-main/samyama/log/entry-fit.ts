import { logEntryTypes } from './log-entry.ts'

/** text also stands for bytes: both are a length and what it counts. version may be missing. */
type Field = 'u64' | 'text' | 'texts' | 'version'

const VARIANT_BYTES = 4
const WORD_BYTES = 8

/** The position is the entry's variant index. */
const fieldsOf: readonly (readonly Field[])[] = [
  ['text', 'u64', 'texts', 'text'],
  ['text', 'u64', 'u64', 'u64', 'text', 'text'],
  ['text', 'u64'],
  ['text', 'u64'],
  ['text', 'u64', 'text', 'version'],
  ['text', 'u64', 'text', 'version'],
  ['u64', 'u64'],
]

/** The shortest entry: a delete with an empty tenant, or a checkpoint. */
export const ENTRY_BYTES_MIN = VARIANT_BYTES + 2 * WORD_BYTES

/** True when the word is the variant index of an entry. */
export function isEntryVariant(variant: number): boolean {
  return variant < logEntryTypes.length
}

/**
 * True when `bytes` can be the first bytes of an entry of `entryBytes`: the lengths inside it that are there end
 * where the entry does. This tells a record that was cut off from one whose length word is damaged.
 */
export function fitsEntry(bytes: Uint8Array, entryBytes: number): boolean {
  if (bytes.length < VARIANT_BYTES) return true
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fields = fieldsOf[view.getUint32(0, true)]
  if (fields === undefined) return false
  const walk = new FieldWalk(view, entryBytes)
  for (const field of fields) {
    if (field === 'version' && walk.at === entryBytes) continue
    walk.skip(field)
  }
  return walk.isCut || walk.at === entryBytes
}

class FieldWalk {
  readonly #view: DataView
  readonly #endBytes: number
  at = VARIANT_BYTES
  /** true when the bytes ended before a length, so that nothing more can be said */
  isCut = false

  constructor(view: DataView, endBytes: number) {
    this.#view = view
    this.#endBytes = endBytes
  }

  skip(field: Field): void {
    if (field === 'text') this.#skipText()
    else if (field === 'texts') this.#skipTexts()
    else this.at += WORD_BYTES
  }

  #skipText(): void {
    // the word moves the place itself, so it is read before the place is
    const lengthBytes = this.#word()
    this.at += lengthBytes
  }

  #skipTexts(): void {
    const count = this.#word()
    // a count that cannot fit moves past the end, which no entry may
    if (count * WORD_BYTES > this.#endBytes) this.at += count
    else for (let index = 0; index < count && !this.isCut && this.at <= this.#endBytes; index += 1) this.#skipText()
  }

  /** The length at this place; 0 where it is cut off. */
  #word(): number {
    const start = this.at
    this.at += WORD_BYTES
    if (this.at > this.#view.byteLength) {
      this.isCut ||= this.at <= this.#endBytes
      return 0
    }
    return this.#view.getUint32(start, true) + this.#view.getUint32(start + 4, true) * 2 ** 32
  }
}
