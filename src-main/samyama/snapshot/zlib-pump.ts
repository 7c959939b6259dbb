import { createGzip, createInflateRaw, type Gzip, type InflateRaw } from 'node:zlib'

/** What the engine writes its own snapshots with (docs/formats/samyama.md §3.1). */
const GZIP_LEVEL = 3

export function gzipPump(): ZlibPump {
  return new ZlibPump(createGzip({ level: GZIP_LEVEL }))
}

export function inflatePump(): ZlibPump {
  return new ZlibPump(createInflateRaw())
}

/**
 * A zlib stream driven by hand: a step takes some input and gives all output that came of it. Piped streams would
 * throw away what they hold when the input fails, and those are the rows before the damage.
 */
export class ZlibPump {
  readonly #stream: Gzip | InflateRaw
  #output: Uint8Array[] = []
  #settle: () => void = () => {}
  #failure: Error | null = null

  constructor(stream: Gzip | InflateRaw) {
    this.#stream = stream
    stream.on('data', (chunk: Uint8Array) => this.#output.push(chunk))
    stream.on('end', () => this.#settle())
    stream.on('error', (error) => {
      this.#failure = error
      this.#settle()
    })
  }

  /** What zlib said when it gave up; null while all is well. */
  get failure(): Error | null {
    return this.#failure
  }

  /** Input that was used; less than what was pushed when the packed data ended before. */
  get usedBytes(): number {
    return this.#stream.bytesWritten
  }

  push(input: Uint8Array): Promise<Uint8Array[]> {
    return this.#step(() => this.#stream.write(input, () => this.#settle()))
  }

  end(): Promise<Uint8Array[]> {
    return this.#step(() => this.#stream.end())
  }

  /** Frees what zlib holds. */
  destroy(): void {
    this.#stream.destroy()
  }

  async #step(start: () => void): Promise<Uint8Array[]> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve
      start()
    })
    const output = this.#output
    this.#output = []
    return output
  }
}
