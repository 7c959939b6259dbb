import { type Damage, DamageError } from '#base/damage.ts'
import { decodeSnapshotHeader, decodeSnapshotRecord } from './decode-record.ts'
import { failLine, type LinePlace } from './json-fields.ts'
import { isJsonObject, JsonLineError, parseJsonLine } from './json-line.ts'
import type { SnapshotEnd, SnapshotHeader, SnapshotItem } from './snapshot-record.ts'

const CARRIAGE_RETURN = 0x0d
// A byte-order mark is part of a text: taking it away would change the value.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Turns the lines of a snapshot into items, in order, and counts them. Follows docs/formats/samyama.md §3.1. */
export class LineDecoder {
  readonly #file: string
  #header: SnapshotHeader | null = null
  #isRefused = false
  #lineCount = 0
  #nodeCount = 0
  #edgeCount = 0
  #otherCount = 0
  #damageCount = 0

  constructor(file: string) {
    this.#file = file
  }

  /** True when the first line says that the rest cannot be understood. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /** What a line holds; null for an empty one, which the engine skips too. `line` is null when it was too long. */
  decode(line: Uint8Array | null): SnapshotItem | null {
    this.#lineCount += 1
    const place = { file: this.#file, lineNumber: this.#lineCount }
    try {
      const item = this.#decode(line, place)
      if (item !== null) this.#count(item)
      return item
    } catch (error) {
      if (error instanceof DamageError) return this.damage(error.damage)
      if (error instanceof JsonLineError) return this.damage(lineDamage(place, error.message))
      throw error
    }
  }

  /** A damage as an item, counted. */
  damage(damage: Damage): SnapshotItem {
    this.#damageCount += 1
    return { type: 'damage', damage }
  }

  /** What the counts in the header say about those that were read, then the end. */
  *finish(): Generator<SnapshotItem> {
    if (this.#lineCount === 0) yield this.damage(this.#fileDamage('the snapshot holds no line', null, null))
    const { nodeCount, edgeCount } = this.#header ?? { nodeCount: this.#nodeCount, edgeCount: this.#edgeCount }
    if (nodeCount !== this.#nodeCount) {
      yield this.damage(this.#fileDamage('not as many nodes as its header says', `${nodeCount}`, `${this.#nodeCount}`))
    }
    if (edgeCount !== this.#edgeCount) {
      yield this.damage(this.#fileDamage('not as many edges as its header says', `${edgeCount}`, `${this.#edgeCount}`))
    }
    yield this.#end()
  }

  #end(): SnapshotEnd {
    return {
      type: 'end',
      nodeCount: this.#nodeCount,
      edgeCount: this.#edgeCount,
      otherCount: this.#otherCount,
      lineCount: this.#lineCount,
      damageCount: this.#damageCount,
    }
  }

  #decode(line: Uint8Array | null, place: LinePlace): SnapshotItem | null {
    if (line === null) return failLine(place, 'the line is too long')
    const text = lineText(line)
    if (text === null) return failLine(place, 'not valid UTF-8')
    const isFirst = place.lineNumber === 1
    if (text === '' && !isFirst) return null
    const object = parseJsonLine(text)
    if (!isJsonObject(object)) return failLine(place, 'not a JSON object')
    if (!isFirst) return decodeSnapshotRecord(object, text, place)
    // the records behind it can still be read
    if (Object.hasOwn(object, 't')) return failLine(place, 'a record where the header belongs')
    this.#header = decodeSnapshotHeader(object, place)
    if (this.#header !== null) return { type: 'header', header: this.#header }
    this.#isRefused = true
    return failLine(place, 'not the header of a known snapshot', 'format sgsnap, version 1 or 2')
  }

  #count(item: SnapshotItem): void {
    if (item.type === 'node') this.#nodeCount += 1
    else if (item.type === 'edge') this.#edgeCount += 1
    else if (item.type === 'other') this.#otherCount += 1
  }

  #fileDamage(problem: string, expected: string | null, found: string | null): Damage {
    return { file: this.#file, offsetBytes: null, structure: 'snapshot', problem, expected, found }
  }
}

function lineText(line: Uint8Array): string | null {
  try {
    return utf8.decode(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line)
  } catch {
    return null
  }
}

function lineDamage(place: LinePlace, problem: string): Damage {
  const structure = `line ${place.lineNumber}`
  return { file: place.file, offsetBytes: null, structure, problem, expected: null, found: null }
}
