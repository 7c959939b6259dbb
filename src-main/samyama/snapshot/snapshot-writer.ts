import { assert } from '#base/assert.ts'
import { encodeHeaderLine, encodeRecordLine } from './encode-line.ts'
import { Losses } from './losses.ts'
import type { DroppedContent, SnapshotHeader, SnapshotRecord } from './snapshot-record.ts'
import { gzipPump, type ZlibPump } from './zlib-pump.ts'

const BATCH_CHARACTERS = 64 * 1024

/** Where the bytes of a snapshot go, in order. */
export type SnapshotSink = (bytes: Uint8Array) => void | Promise<void>

/**
 * Writes a `.sgsnap` file record by record in bounded memory, the same bytes for the same input. Follows
 * docs/formats/samyama.md §3.1. The header comes first, so its counts must be known; what was dropped is known
 * only at the end: to have it in the header too, write the snapshot a second time.
 */
export class SnapshotWriter {
  readonly #header: SnapshotHeader
  readonly #sink: SnapshotSink
  readonly #gzip: ZlibPump = gzipPump()
  readonly #losses = new Losses()
  #text: string
  #nodeCount = 0
  #edgeCount = 0

  constructor(header: SnapshotHeader, sink: SnapshotSink) {
    this.#header = header
    this.#sink = sink
    this.#text = encodeHeaderLine(header)
  }

  /**
   * Adds a record: nodes before edges, because an import knows the ends of an edge only then.
   * @throws whatever the sink throws
   */
  async add(record: SnapshotRecord): Promise<void> {
    if (record.type === 'node') {
      assert(this.#edgeCount === 0, 'nodes come before edges')
      this.#nodeCount += 1
    } else if (record.type === 'edge') this.#edgeCount += 1
    this.#text += encodeRecordLine(record, this.#losses)
    if (this.#text.length >= BATCH_CHARACTERS) await this.#flush()
  }

  /**
   * Ends the file and says what an import of it will not bring back.
   * @throws whatever the sink throws
   */
  async finish(): Promise<DroppedContent[]> {
    assert(this.#nodeCount === this.#header.nodeCount, 'the header counts the nodes that were added')
    assert(this.#edgeCount === this.#header.edgeCount, 'the header counts the edges that were added')
    await this.#flush()
    await this.#send(await this.#gzip.end())
    this.#gzip.destroy()
    return this.#losses.list()
  }

  /** Gives up and frees what the writer holds; the bytes so far are no snapshot. */
  abort(): void {
    this.#gzip.destroy()
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#text, 'utf8')
    this.#text = ''
    await this.#send(await this.#gzip.push(bytes))
  }

  async #send(output: readonly Uint8Array[]): Promise<void> {
    if (this.#gzip.failure !== null) throw this.#gzip.failure
    for (const bytes of output) await this.#sink(bytes)
  }
}
