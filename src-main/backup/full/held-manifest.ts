import { closeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { parseCurrent } from '../../rocksdb/manifest/current-file.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import { readManifest } from '../../rocksdb/manifest/read-manifest.ts'
import { descriptorSource, type HeldFile, holdFile, statHeld } from './held-file.ts'
import type { ProvedLiveFile } from './live-files.ts'
import { ProvedSource } from './proved-source.ts'
import { RestartError, restartBecause, restartOrDamage } from './restart.ts'

/**
 * The MANIFEST that CURRENT names, held open. It only grows, so measuring it fixes what it says at that moment, and the
 * reading can wait until nothing hurries any more.
 */
export class HeldManifest {
  readonly #root: string
  readonly #held: HeldFile
  #laterBytes: number

  /** Opens and measures it. @throws RestartError, AppError */
  constructor(root: string) {
    this.#root = root
    this.#held = holdNamed(root, readCurrent(root))
    this.#laterBytes = this.#held.sizeBytes
  }

  measureAgain(): void {
    this.#laterBytes = statHeld(this.#held).sizeBytes
  }

  /** What it said when it was opened, up to the last whole edit that counts. @throws RestartError */
  read(): { state: ManifestState; file: ProvedLiveFile } {
    const source = new ProvedSource(descriptorSource(this.#held))
    const state = replay(source)
    const crc = source.crcOf(state.endOffsetBytes)
    const { name, descriptor } = this.#held
    if (crc === null) restartBecause(`${name} was written over`)
    return { state, file: { name, descriptor, sizeBytes: state.endOffsetBytes, crc32c: crc } }
  }

  /** What it said when it was measured again; null when that is the same. @throws RestartError */
  readLater(): ManifestState | null {
    if (this.#laterBytes === this.#held.sizeBytes) return null
    return replay(descriptorSource({ ...this.#held, sizeBytes: this.#laterBytes }))
  }

  /** @throws RestartError when CURRENT names another one by now */
  checkIsCurrent(): void {
    const name = readCurrent(this.#root)
    if (name !== this.#held.name) restartBecause(`CURRENT went from ${this.#held.name} to ${name}`)
  }

  close(): void {
    closeSync(this.#held.descriptor)
  }
}

function readCurrent(root: string): string {
  const held = holdFile(join(root, 'CURRENT'), 'CURRENT')
  try {
    const bytes = new Uint8Array(limits.currentFileBytesMax + 1)
    return parseCurrent(bytes.subarray(0, descriptorSource(held).readInto(bytes, 0)))
  } finally {
    closeSync(held.descriptor)
  }
}

function holdNamed(root: string, name: string): HeldFile {
  try {
    return holdFile(join(root, name), name)
  } catch (cause) {
    if (!(cause instanceof AppError && cause.code === 'PATH_NOT_FOUND')) throw cause
    return restartOrDamage(name, 'MANIFEST', 'is missing, and CURRENT names it')
  }
}

function replay(source: Parameters<typeof readManifest>[0]): ManifestState {
  const state = readManifest(source)
  const [damage] = state.damages
  if (damage === undefined) return state
  throw new RestartError(JSON.stringify(damage), new DamageError(damage))
}
