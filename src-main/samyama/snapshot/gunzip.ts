import { crc32 } from 'node:zlib'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { gzipHeaderBytes, TRAILER_BYTES } from './gzip-member.ts'
import { inflatePump, type ZlibPump } from './zlib-pump.ts'

/** Input of one step: small, because deflate makes a thousand times as much of it in the worst case. */
const STEP_BYTES = 8192

/**
 * Unpacks one gzip member (RFC 1952) in bounded memory and checks its trailer: the engine reads one and no more.
 * What comes before damage is given out before the damage is thrown, but for the step in which zlib gives up.
 * @param name what damages call the file
 * @throws DamageError; AppError LIMIT_EXCEEDED; whatever `chunks` throws
 */
export async function* gunzip(
  name: string,
  chunks: Iterable<Uint8Array>,
  unpackedBytesMax: number,
): AsyncGenerator<Uint8Array> {
  const member = new GzipMember(name, unpackedBytesMax)
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += STEP_BYTES) {
        yield* await member.step(chunk.subarray(at, at + STEP_BYTES))
        member.expectSound()
      }
    }
    yield* await member.end()
    member.expectSound()
    member.checkTrailer()
  } finally {
    member.destroy()
  }
}

class GzipMember {
  readonly #name: string
  readonly #unpackedBytesMax: number
  readonly #pump: ZlibPump = inflatePump()
  #hasHeader = false
  #packedBytes = 0
  #unpackedBytes = 0
  #crc = 0
  /** what follows the packed data, up to one byte more than the trailer; null before it is reached */
  #tail: Uint8Array | null = null

  constructor(name: string, unpackedBytesMax: number) {
    this.#name = name
    this.#unpackedBytesMax = unpackedBytesMax
  }

  async step(bytes: Uint8Array): Promise<Uint8Array[]> {
    const packed = this.#hasHeader ? bytes : this.#withoutHeader(bytes)
    this.#packedBytes += bytes.length
    if (this.#tail !== null) {
      this.#tail = Buffer.concat([this.#tail, packed]).subarray(0, TRAILER_BYTES + 1)
      return []
    }
    const usedBefore = this.#pump.usedBytes
    const output = await this.#pump.push(packed)
    const usedBytes = this.#pump.usedBytes - usedBefore
    if (this.#pump.failure === null && usedBytes < packed.length) {
      this.#tail = packed.slice(usedBytes, usedBytes + TRAILER_BYTES + 1)
    }
    return this.#counted(output)
  }

  async end(): Promise<Uint8Array[]> {
    if (this.#packedBytes === 0) this.#fail('the file is empty')
    return this.#tail === null ? this.#counted(await this.#pump.end()) : []
  }

  /** @throws DamageError when zlib gave up */
  expectSound(): void {
    const { failure } = this.#pump
    if (failure === null) return
    const isCutOff = 'code' in failure && failure.code === 'Z_BUF_ERROR'
    this.#fail(isCutOff ? 'truncated: the packed data has no end' : `the packed data is damaged (${failure.message})`)
  }

  /** @throws DamageError */
  checkTrailer(): void {
    const tail = this.#tail ?? new Uint8Array(0)
    if (tail.length < TRAILER_BYTES) this.#fail('truncated: the trailer is cut off')
    const view = new DataView(tail.buffer, tail.byteOffset)
    const crc = view.getUint32(0, true)
    const unpackedBytes = view.getUint32(4, true)
    if (crc !== this.#crc) this.#fail('checksum mismatch', hexWord(crc), hexWord(this.#crc))
    const found = this.#unpackedBytes % 2 ** 32
    if (unpackedBytes !== found) this.#fail('length mismatch', `${unpackedBytes} bytes`, `${found} bytes`)
    if (tail.length > TRAILER_BYTES) this.#fail('bytes behind the trailer, which no import reads')
  }

  destroy(): void {
    this.#pump.destroy()
  }

  #withoutHeader(bytes: Uint8Array): Uint8Array {
    const headerBytes = gzipHeaderBytes(bytes)
    if (headerBytes === null) return this.#fail('not a gzip file')
    this.#hasHeader = true
    return bytes.subarray(headerBytes)
  }

  #counted(output: Uint8Array[]): Uint8Array[] {
    for (const part of output) {
      this.#crc = crc32(part, this.#crc)
      this.#unpackedBytes += part.length
    }
    const isBomb =
      this.#unpackedBytes > limits.unpackedRatioFreeBytes &&
      this.#unpackedBytes > this.#packedBytes * limits.unpackedRatioMax
    if (!isBomb && this.#unpackedBytes <= this.#unpackedBytesMax) return output
    throw new AppError('LIMIT_EXCEEDED', {
      message: isBomb ? 'the snapshot unpacks to implausibly much' : 'the snapshot unpacks to more than is allowed',
      subject: this.#name,
      unharmed: 'Nothing was written.',
      nextStep: 'Make sure that the file comes from a server you trust.',
    })
  }

  #fail(problem: string, expected?: string, found?: string): never {
    const place = { file: this.#name, offsetBytes: null, structure: 'gzip' }
    throw new DamageError({ ...place, problem, expected: expected ?? null, found: found ?? null })
  }
}

function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
