// A file layer that forgets like a disk without power: what was not synced may be there afterwards or not, each name on
// its own. A process that dies loses nothing, but its successor inherits what is not synced yet.
import { existsSync, lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type FileLayer, nodeFileLayer } from '../../../src-main/base/file-layer.ts'

type Undo = { folder: string; undo(): void }

export class PowerCutLayer {
  /** calls left until the process dies; null: it lives on */
  callsLeft: number | null = null
  callCount = 0
  readonly #paths = new Map<number, string>()
  readonly #unsynced = new Set<string>()
  #pending: Undo[] = []

  readonly layer: FileLayer = {
    open: (path, flags) => {
      this.#step()
      const descriptor = nodeFileLayer.open(path, flags)
      this.#paths.set(descriptor, path)
      if (flags === 'wx') this.#note(path, () => rmSync(path, { force: true }))
      return descriptor
    },
    write: (descriptor, bytes) => {
      this.#step()
      nodeFileLayer.write(descriptor, bytes)
      this.#unsynced.add(this.#pathOf(descriptor))
    },
    truncate: (descriptor, sizeBytes) => {
      this.#step()
      nodeFileLayer.truncate(descriptor, sizeBytes)
    },
    sync: (descriptor) => {
      this.#step()
      const path = this.#pathOf(descriptor)
      this.#unsynced.delete(path)
      this.#pending = this.#pending.filter(({ folder }) => folder !== path)
    },
    // a process that died closes what it had open
    close: (descriptor) => nodeFileLayer.close(descriptor),
    makeDirectory: (path) => {
      this.#step()
      nodeFileLayer.makeDirectory(path)
      this.#note(path, () => rmSync(path, { recursive: true, force: true }))
    },
    rename: (from, to) => {
      this.#step()
      const moved = readFileSync(from)
      const before = existsSync(to) ? readFileSync(to) : null
      nodeFileLayer.rename(from, to)
      if (this.#unsynced.delete(from)) this.#unsynced.add(to)
      this.#note(to, () => {
        putBack(from, moved)
        if (before === null) rmSync(to, { force: true })
        else putBack(to, before)
      })
    },
    removeFile: (path) => {
      this.#step()
      const before = lstatSync(path).isFile() ? readFileSync(path) : null
      nodeFileLayer.removeFile(path)
      if (before !== null) this.#note(path, () => putBack(path, before))
    },
    removeDirectory: (path) => {
      this.#step()
      rmdirSync(path)
      this.#note(path, () => mkdirSync(path, { recursive: true }))
    },
  }

  /** The process is gone; the next one uses the same disk. */
  restart(): void {
    this.callsLeft = null
    this.callCount = 0
    this.#paths.clear()
  }

  /** The power is gone: each change that was not synced is lost or not, as `isLost` says. */
  cutPower(isLost: () => boolean): void {
    for (const { undo } of this.#pending.toReversed()) if (isLost()) undo()
    for (const path of this.#unsynced) if (isLost() && existsSync(path)) truncateSync(path, 0)
    this.#pending = []
    this.#unsynced.clear()
    this.restart()
  }

  #step(): void {
    if (this.callsLeft === 0) throw new Error('the process has died')
    if (this.callsLeft !== null) this.callsLeft -= 1
    this.callCount += 1
  }

  #note(path: string, undo: () => void): void {
    this.#pending.push({ folder: dirname(path), undo })
  }

  #pathOf(descriptor: number): string {
    return this.#paths.get(descriptor) ?? ''
  }
}

function putBack(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
