import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'

const CHUNK_BYTES = 256 * 1024

/** A new file that is written piece by piece, and has its name only when all of it is on the disk. Nothing is written over. */
export class DurableOutput {
  readonly path: string
  readonly #temporary: string
  readonly #layer: FileLayer
  readonly #descriptor: number
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  #usedBytes = 0
  #writtenBytes = 0
  /** the name is ours, and nothing is under it yet */
  #isNameHeld = false

  /** @throws AppError TARGET_NOT_EMPTY when the file is there, TARGET_BUSY, PATH_NOT_FOUND, ACCESS_DENIED, DISK_FULL */
  constructor(path: string, layer: FileLayer) {
    this.path = resolve(path)
    this.#temporary = `${this.path}.lifeboat-partial`
    this.#layer = layer
    if (existsSync(this.path)) throw taken(this.path)
    if (existsSync(this.#temporary)) throw leftOver(this.#temporary)
    this.#descriptor = this.#guarded(() => layer.open(this.#temporary, 'wx'))
  }

  get writtenBytes(): number {
    return this.#writtenBytes
  }

  write(bytes: Uint8Array): void {
    this.#writtenBytes += bytes.byteLength
    if (this.#usedBytes + bytes.byteLength > CHUNK_BYTES) this.#flush()
    if (bytes.byteLength > CHUNK_BYTES) this.#guarded(() => this.#layer.write(this.#descriptor, bytes))
    else {
      this.#chunk.set(bytes, this.#usedBytes)
      this.#usedBytes += bytes.byteLength
    }
  }

  writeText(text: string): void {
    this.write(Buffer.from(text, 'utf8'))
  }

  /** Makes it last, and gives it its name. */
  finish(): void {
    this.#flush()
    this.#guarded(() => {
      this.#layer.sync(this.#descriptor)
      this.#layer.close(this.#descriptor)
      // the name is taken first: between a look and a rename another program could make a file there
      const descriptor = this.#layer.open(this.path, 'wx')
      this.#isNameHeld = true
      this.#layer.close(descriptor)
      this.#layer.rename(this.#temporary, this.path)
      this.#isNameHeld = false
      syncDirectory(dirname(this.path), this.#layer)
    })
  }

  /** Removes what was written. A failure of that is less than what it is called for. */
  abort(): void {
    try {
      this.#layer.close(this.#descriptor)
    } catch {
      // it may be closed already
    }
    try {
      removeIfThere(this.#temporary, this.#layer)
      if (this.#isNameHeld) removeIfThere(this.path, this.#layer)
    } catch {
      // its name says what it is
    }
  }

  #flush(): void {
    if (this.#usedBytes === 0) return
    this.#guarded(() => this.#layer.write(this.#descriptor, this.#chunk.subarray(0, this.#usedBytes)))
    this.#usedBytes = 0
  }

  #guarded<Result>(run: () => Result): Result {
    try {
      return run()
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw taken(this.path)
      throw fileError(cause, this.path)
    }
  }
}

function taken(path: string): AppError {
  return new AppError('TARGET_NOT_EMPTY', {
    message: 'a file of this name is there already',
    subject: path,
    unharmed: 'It was not touched.',
    nextStep: 'Choose another name.',
  })
}

function leftOver(path: string): AppError {
  return new AppError('TARGET_BUSY', {
    message: 'an export to this name is under way, or was broken off',
    subject: path,
    unharmed: 'It was not touched.',
    nextStep: 'If no export is running, remove this file.',
  })
}
