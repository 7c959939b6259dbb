import { limits } from '#base/limits.ts'
import type { ReceivedReply, Reply } from '../reply-tree.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { ReplyFormatError, readBigNumber, readBoolean, readDouble, readInteger, readLength } from './reply-scalars.ts'

type AggregateKind = 'array' | 'set' | 'map' | 'push' | 'attribute'
type OpenAggregate = { readonly kind: AggregateKind; readonly items: Reply[]; missing: number }

const aggregateKinds: ReadonlyMap<string, AggregateKind> = new Map([
  ['*', 'array'],
  ['~', 'set'],
  ['%', 'map'],
  ['>', 'push'],
  ['|', 'attribute'],
])
const blobTypes: ReadonlyMap<string, 'bulk' | 'verbatim' | 'error'> = new Map([
  ['$', 'bulk'],
  ['=', 'verbatim'],
  ['!', 'error'],
])

/**
 * Cuts a byte stream into replies, RESP2 and RESP3, whatever was agreed on (Samyama sends RESP3 nulls unasked). Lines end with
 * CRLF only: errors of public editions hold bare line feeds. Pushes are set aside; attributes stay in the raw bytes alone.
 * Depth, elements and bytes are bounded by `limits`. Sources: RESP3 specification; docs/formats/samyama.md §8.1.
 */
export class ReplyDecoder {
  readonly #input = new GrowingBytes()
  #frameStart = 0
  #cursor = 0
  #nodes = 0
  #open: OpenAggregate[] = []
  #replies: ReceivedReply[] = []

  /** True between the first and the last byte of a reply. */
  get isInsideReply(): boolean {
    return this.#input.length > this.#frameStart
  }

  /**
   * The replies that `chunk` completes, in their order.
   * @throws ReplyFormatError after which the stream cannot be read on
   */
  push(chunk: Uint8Array): ReceivedReply[] {
    this.#input.append(chunk)
    this.#replies = []
    while (this.#step());
    if (this.#input.length - this.#frameStart > limits.serverReplyBytesMax) {
      throw new ReplyFormatError(`reply of more than ${limits.serverReplyBytesMax} bytes`)
    }
    this.#input.dropFront(this.#frameStart)
    this.#cursor -= this.#frameStart
    this.#frameStart = 0
    return this.#replies
  }

  #step(): boolean {
    if (this.#cursor >= this.#input.length) return false
    const type = String.fromCharCode(this.#input.at(this.#cursor))
    const aggregate = aggregateKinds.get(type)
    const blob = blobTypes.get(type)
    if (aggregate === undefined && blob === undefined && !'+-:_#,('.includes(type)) {
      throw new ReplyFormatError(foreignProtocol(this.#input.at(this.#cursor)))
    }
    const lineEnd = this.#input.indexOfLineEnd(this.#cursor + 1)
    if (lineEnd === -1) return false
    const line = this.#input.slice(this.#cursor + 1, lineEnd)
    if (aggregate !== undefined) return this.#beginAggregate(aggregate, line, lineEnd + 2)
    if (blob !== undefined) return this.#readBlob(blob, line, lineEnd + 2)
    this.#cursor = lineEnd + 2
    this.#deliver(readScalar(type, line))
    return true
  }

  #beginAggregate(kind: AggregateKind, line: Uint8Array, bodyStart: number): boolean {
    const length = readLength(line, limits.serverReplyElementsMax, 'elements')
    this.#cursor = bodyStart
    if (length === null) {
      if (kind !== 'array') throw new ReplyFormatError(`a ${kind} of length -1`)
      this.#deliver({ type: 'null' })
      return true
    }
    if (kind === 'push' && this.#open.length > 0) throw new ReplyFormatError('a push inside a reply')
    if (this.#open.length >= limits.serverReplyDepthMax) throw new ReplyFormatError('a reply nested too deeply')
    this.#open.push({ kind, items: [], missing: kind === 'map' || kind === 'attribute' ? length * 2 : length })
    this.#closeFilled()
    return true
  }

  #readBlob(type: 'bulk' | 'verbatim' | 'error', line: Uint8Array, bodyStart: number): boolean {
    const length = readLength(line, limits.serverReplyBytesMax, 'bytes')
    if (length === null) {
      if (type !== 'bulk') throw new ReplyFormatError(`a ${type} of length -1`)
      this.#cursor = bodyStart
      this.#deliver({ type: 'null' })
      return true
    }
    const end = bodyStart + length
    if (this.#input.length < end + 2) return false
    if (this.#input.at(end) !== 13 || this.#input.at(end + 1) !== 10) {
      throw new ReplyFormatError('a text that is longer than it says')
    }
    if (type === 'verbatim' && length < 4) throw new ReplyFormatError('a verbatim text without its format')
    this.#cursor = end + 2
    this.#deliver({ type, bytes: this.#input.slice(type === 'verbatim' ? bodyStart + 4 : bodyStart, end) })
    return true
  }

  #deliver(reply: Reply): void {
    this.#nodes += 1
    if (this.#nodes > limits.serverReplyNodesMax) {
      throw new ReplyFormatError(`a reply of more than ${limits.serverReplyNodesMax} values`)
    }
    const parent = this.#open.at(-1)
    if (parent === undefined) {
      this.#replies.push({ tree: reply, rawBytes: this.#input.slice(this.#frameStart, this.#cursor) })
      this.#endFrame()
      return
    }
    parent.items.push(reply)
    parent.missing -= 1
    this.#closeFilled()
  }

  #closeFilled(): void {
    const last = this.#open.at(-1)
    if (last === undefined || last.missing > 0) return
    this.#open.pop()
    if (last.kind === 'attribute') return
    if (last.kind === 'push') this.#endFrame()
    else if (last.kind === 'map') this.#deliver({ type: 'map', entries: pairs(last.items) })
    else this.#deliver({ type: last.kind, items: last.items })
  }

  #endFrame(): void {
    this.#frameStart = this.#cursor
    this.#nodes = 0
  }
}

function readScalar(type: string, line: Uint8Array): Reply {
  if (type === '+') return { type: 'simple', bytes: line }
  if (type === '-') return { type: 'error', bytes: line }
  if (type === ':') return { type: 'integer', value: readInteger(line) }
  if (type === '(') return { type: 'integer', value: readBigNumber(line) }
  if (type === ',') return { type: 'double', value: readDouble(line) }
  if (type === '#') return { type: 'boolean', value: readBoolean(line) }
  if (line.byteLength > 0) throw new ReplyFormatError('a null with a value')
  return { type: 'null' }
}

function pairs(items: readonly Reply[]): (readonly [Reply, Reply])[] {
  const entries: (readonly [Reply, Reply])[] = []
  for (let index = 0; index + 1 < items.length; index += 2) {
    const key = items[index]
    const value = items[index + 1]
    if (key !== undefined && value !== undefined) entries.push([key, value])
  }
  return entries
}

/** What a first byte that no reply begins with probably belongs to. */
function foreignProtocol(byte: number): string {
  if (byte === 0x15 || byte === 0x16) return 'a TLS record: the port expects TLS'
  if (byte === 0x48) return 'an answer of another protocol, perhaps HTTP'
  return `a reply that begins with byte ${byte}`
}
