import { existsSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type FileLayer, nodeFileLayer } from '../../../../src-main/base/file-layer.ts'

type Written = { path: string; sizeBytes: number; syncedBytes: number; isNameSynced: boolean }
type Rename = { readonly to: string; readonly before: Buffer | null }

/** The process is no more: nothing that it would do happens. */
export class Died extends Error {}

/**
 * A file layer that knows what a power cut would leave: bytes up to the last sync, names up to the last sync of their folder.
 * `before` is called with the number of each call, and may throw.
 */
export class PowerCutLayer implements FileLayer {
  readonly calls: string[] = []
  readonly #before: (call: string, count: number) => void
  readonly #byDescriptor = new Map<number, Written>()
  readonly #folders = new Map<number, string>()
  readonly #files = new Map<string, Written>()
  #renames: Rename[] = []

  constructor(before: (call: string, count: number) => void = () => {}) {
    this.#before = before
  }

  /** What lies on the disk afterwards; `share` of the bytes that were not synced may be there. */
  cut(share: number, doNamesStay: boolean): void {
    for (const { to, before } of doNamesStay ? [] : this.#renames.toReversed()) {
      if (before !== null) writeFileSync(to, before)
      else if (existsSync(to)) unlinkSync(to)
    }
    for (const file of this.#files.values()) {
      if (!existsSync(file.path)) continue
      if (!file.isNameSynced && !doNamesStay && !this.#renames.some(({ to }) => to === file.path)) {
        unlinkSync(file.path)
        continue
      }
      const leftBytes = file.syncedBytes + Math.floor((file.sizeBytes - file.syncedBytes) * share)
      if (file.sizeBytes > leftBytes) truncateSync(file.path, leftBytes)
    }
  }

  open(path: string, flags: 'wx' | 'r' | 'r+'): number {
    this.#note(`open ${flags}`, path)
    const descriptor = nodeFileLayer.open(path, flags)
    if (flags === 'r') this.#folders.set(descriptor, path)
    else {
      const sizeBytes = flags === 'wx' ? 0 : readFileSync(path).length
      const known = flags === 'wx' ? undefined : this.#files.get(path)
      const file = known ?? { path, sizeBytes, syncedBytes: sizeBytes, isNameSynced: flags !== 'wx' }
      this.#files.set(path, file)
      this.#byDescriptor.set(descriptor, file)
    }
    return descriptor
  }

  write(descriptor: number, bytes: Uint8Array): void {
    const file = this.#byDescriptor.get(descriptor)!
    try {
      this.#note('write', file.path)
    } catch (error) {
      // a disk that is full takes a part of it
      const part = bytes.subarray(0, Math.floor(bytes.length / 2))
      if (!(error instanceof Died)) nodeFileLayer.write(descriptor, part)
      file.sizeBytes += error instanceof Died ? 0 : part.length
      throw error
    }
    nodeFileLayer.write(descriptor, bytes)
    file.sizeBytes += bytes.length
  }

  truncate(descriptor: number, sizeBytes: number): void {
    const file = this.#byDescriptor.get(descriptor)!
    this.#note('truncate', file.path)
    nodeFileLayer.truncate(descriptor, sizeBytes)
    file.sizeBytes = sizeBytes
    file.syncedBytes = Math.min(file.syncedBytes, sizeBytes)
  }

  sync(descriptor: number): void {
    const folder = this.#folders.get(descriptor)
    const file = this.#byDescriptor.get(descriptor)
    this.#note(folder === undefined ? 'sync' : 'sync folder', folder ?? file?.path ?? '')
    if (file !== undefined) file.syncedBytes = file.sizeBytes
    if (folder === undefined) return
    for (const each of this.#files.values()) each.isNameSynced ||= dirname(each.path) === folder
    this.#renames = this.#renames.filter(({ to }) => dirname(to) !== folder)
  }

  close(descriptor: number): void {
    this.#note('close', '')
    nodeFileLayer.close(descriptor)
    this.#byDescriptor.delete(descriptor)
    this.#folders.delete(descriptor)
  }

  makeDirectory(path: string): void {
    this.#note('makeDirectory', path)
    nodeFileLayer.makeDirectory(path)
  }

  rename(from: string, to: string): void {
    this.#note('rename', to)
    this.#renames.push({ to, before: existsSync(to) ? readFileSync(to) : null })
    nodeFileLayer.rename(from, to)
    const file = this.#files.get(from)
    this.#files.delete(from)
    if (file !== undefined) this.#files.set(to, Object.assign(file, { path: to, isNameSynced: false }))
  }

  removeFile(path: string): void {
    this.#note('removeFile', path)
    nodeFileLayer.removeFile(path)
    this.#files.delete(path)
  }

  removeDirectory(path: string): void {
    this.#note('removeDirectory', path)
    nodeFileLayer.removeDirectory(path)
  }

  #note(call: string, path: string): void {
    this.calls.push(`${call} ${basename(path)}`)
    this.#before(call, this.calls.length)
  }
}
