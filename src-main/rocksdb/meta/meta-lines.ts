import { asBuffer } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { failAt } from '../place.ts'

const LINE_FEED = 0x0a
const FOUND_CHARACTERS_MAX = 200
const METADATA_PREFIX = 'metadata '

/** The lines of a meta file. Text is latin1, so that every byte stays one character. */
export class MetaLines {
  readonly #bytes: Buffer
  readonly #file: string
  #position = 0
  #lineStart = 0
  #lineNumber = 0

  /** @throws DamageError for a file that is too large or does not end in a line feed */
  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = asBuffer(bytes)
    this.#file = file
    if (bytes.length > limits.metaFileBytesMax) {
      this.fail('the meta file is too large', `at most ${limits.metaFileBytesMax} bytes`, `${bytes.length} bytes`)
    }
    // the engine drops an unfinished last line and then finds a file too few
    if (bytes.at(-1) !== LINE_FEED) this.fail('the meta file does not end in a line feed')
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length
  }

  /** The next line without its line feed; null after the last one. */
  next(): string | null {
    if (this.isAtEnd) return null
    this.#lineStart = this.#position
    this.#lineNumber += 1
    const end = this.#bytes.indexOf(LINE_FEED, this.#position)
    this.#checkLength(end - this.#position)
    this.#position = end + 1
    return this.#bytes.toString('latin1', this.#lineStart, end)
  }

  /** @throws DamageError when the file is over */
  need(what: string): string {
    return this.next() ?? this.fail(`ends where ${what} should be`)
  }

  /** Damage of the present line. */
  fail(problem: string, expected?: string, found?: string): never {
    const structure = this.#lineNumber === 0 ? 'backup meta' : `meta line ${this.#lineNumber}`
    const place = { file: this.#file, structure, offsetBytes: this.#lineStart }
    return failAt(place, problem, expected, found === undefined ? null : shown(found))
  }

  #checkLength(lengthBytes: number): void {
    const start = this.#bytes.toString('latin1', this.#position, this.#position + METADATA_PREFIX.length)
    const isMetadata = start === METADATA_PREFIX
    const lengthBytesMax = isMetadata ? limits.metaAppMetadataLineBytesMax : limits.metaLineBytesMax
    if (lengthBytes > lengthBytesMax) {
      this.fail('the line is too long', `at most ${lengthBytesMax} bytes`, `${lengthBytes} bytes`)
    }
  }
}

/** Input in a message: quoted, escaped and short. */
function shown(text: string): string {
  const short = text.length > FOUND_CHARACTERS_MAX ? `${text.slice(0, FOUND_CHARACTERS_MAX)}…` : text
  return JSON.stringify(short)
}
