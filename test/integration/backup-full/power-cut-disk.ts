import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'

type Random = (below: number) => number

type FileNode = { kind: 'file'; now: Buffer; durable: Buffer }
type FolderNode = { kind: 'folder'; now: Map<string, Node>; durable: Map<string, Node>; pending: NameChange[] }
type Node = FileNode | FolderNode
type NameChange = {
  readonly removed: string | null
  readonly set: readonly [name: string, node: Node] | null
  /** the other half of a rename from folder to folder: a file system keeps both or none */
  twin?: { readonly folder: FolderNode; readonly change: NameChange }
}

type Event = (disk: DiskModel) => void

/** What a power cut keeps of what was not synced. */
export type Kept = 'nothing' | 'names' | 'some'

/**
 * A disk as POSIX promises it, and no better: the bytes of a file last when the file was synced, a name in a folder when
 * the folder was. Everything is also done for real. Afterwards the state after a power cut behind any call can be made.
 */
export class PowerCutDisk {
  readonly layer: FileLayer
  readonly #events: Event[] = []
  readonly #root: string
  readonly #start: FolderNode

  /** @param root what lies there lasts already */
  constructor(root: string) {
    this.#root = root
    this.#start = readFolder(root)
    this.layer = this.#recordingLayer()
  }

  get eventCount(): number {
    return this.#events.length
  }

  /** Writes into a new folder what is left when the power fails behind the first `eventCount` calls. */
  cut(eventCount: number, into: string, kept: Kept, random: Random): void {
    const disk = new DiskModel(cloneFolder(this.#start))
    for (const event of this.#events.slice(0, eventCount)) event(disk)
    writeFolder(disk.root, into, kept, random)
  }

  #recordingLayer(): FileLayer {
    const note = (event: Event) => this.#events.push(event)
    const paths = new Map<number, string>()
    const relative = (path: string) => path.slice(this.#root.length + 1)
    return {
      open: (path, flags) => {
        const descriptor = nodeFileLayer.open(path, flags)
        paths.set(descriptor, relative(path))
        if (flags === 'wx')
          note((disk) => disk.link(relative(path), { kind: 'file', now: Buffer.alloc(0), durable: Buffer.alloc(0) }))
        return descriptor
      },
      write: (descriptor, bytes) => {
        nodeFileLayer.write(descriptor, bytes)
        const [path, copy] = [paths.get(descriptor) ?? '', Buffer.from(bytes)]
        note((disk) => {
          const file = disk.find(path)
          if (file?.kind === 'file') file.now = Buffer.concat([file.now, copy])
        })
      },
      truncate: () => {
        throw new Error('a backup truncates nothing')
      },
      sync: (descriptor) => {
        nodeFileLayer.sync(descriptor)
        const path = paths.get(descriptor) ?? ''
        note((disk) => disk.sync(path))
      },
      close: (descriptor) => {
        nodeFileLayer.close(descriptor)
        paths.delete(descriptor)
      },
      makeDirectory: (path) => {
        nodeFileLayer.makeDirectory(path)
        note((disk) => disk.link(relative(path), { kind: 'folder', now: new Map(), durable: new Map(), pending: [] }))
      },
      rename: (from, to) => {
        nodeFileLayer.rename(from, to)
        note((disk) => disk.rename(relative(from), relative(to)))
      },
      removeFile: (path) => {
        nodeFileLayer.removeFile(path)
        note((disk) => disk.unlink(relative(path)))
      },
      removeDirectory: (path) => {
        nodeFileLayer.removeDirectory(path)
        note((disk) => disk.unlink(relative(path)))
      },
    }
  }
}

/** What programs see of the disk, and what lasts of it. */
class DiskModel {
  readonly root: FolderNode

  constructor(root: FolderNode) {
    this.root = root
  }

  find(path: string): Node | undefined {
    let node: Node | undefined = this.root
    for (const name of path.split('/').filter((each) => each !== '' && each !== '.')) {
      node = node?.kind === 'folder' ? node.now.get(name) : undefined
    }
    return node
  }

  link(path: string, node: Node): void {
    const name = path.slice(path.lastIndexOf('/') + 1)
    this.#folder(path).now.set(name, node)
    this.#folder(path).pending.push({ removed: null, set: [name, node] })
  }

  unlink(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1)
    this.#folder(path).now.delete(name)
    this.#folder(path).pending.push({ removed: name, set: null })
  }

  rename(from: string, to: string): void {
    const node = this.find(from) as Node
    const [oldName, newName] = [from.slice(from.lastIndexOf('/') + 1), to.slice(to.lastIndexOf('/') + 1)]
    const [source, target] = [this.#folder(from), this.#folder(to)]
    source.now.delete(oldName)
    target.now.set(newName, node)
    if (source === target) {
      source.pending.push({ removed: oldName, set: [newName, node] })
      return
    }
    const leaving: NameChange = { removed: oldName, set: null }
    const coming: NameChange = { removed: null, set: [newName, node], twin: { folder: source, change: leaving } }
    leaving.twin = { folder: target, change: coming }
    source.pending.push(leaving)
    target.pending.push(coming)
  }

  sync(path: string): void {
    const node = this.find(path)
    if (node?.kind === 'file') node.durable = node.now
    if (node?.kind !== 'folder') return
    for (const change of node.pending) {
      apply(node.durable, change)
      if (change.twin === undefined) continue
      const { folder, change: other } = change.twin
      apply(folder.durable, other)
      folder.pending = folder.pending.filter((each) => each !== other)
    }
    node.pending = []
  }

  #folder(path: string): FolderNode {
    const folder = this.find(dirname(path))
    if (folder?.kind !== 'folder') throw new Error(`no folder for ${path}`)
    return folder
  }
}

function apply(names: Map<string, Node>, { removed, set }: NameChange): void {
  if (removed !== null) names.delete(removed)
  if (set !== null) names.set(...set)
}

function readFolder(path: string): FolderNode {
  const names = new Map<string, Node>()
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    const bytes = entry.isFile() ? readFileSync(inside) : Buffer.alloc(0)
    names.set(entry.name, entry.isFile() ? { kind: 'file', now: bytes, durable: bytes } : readFolder(inside))
  }
  return { kind: 'folder', now: names, durable: new Map(names), pending: [] }
}

function cloneFolder(folder: FolderNode): FolderNode {
  const names = new Map(
    [...folder.durable].map(([name, node]) => [name, node.kind === 'file' ? { ...node } : cloneFolder(node)]),
  )
  return { kind: 'folder', now: names, durable: new Map(names), pending: [] }
}

function writeFolder(
  folder: FolderNode,
  path: string,
  kept: Kept,
  random: Random,
  decided = new Map<NameChange, boolean>(),
): void {
  mkdirSync(path, { recursive: true })
  const names = new Map(folder.durable)
  for (const change of folder.pending) {
    const isKept = decided.get(change) ?? (kept === 'names' || (kept === 'some' && random(2) === 0))
    if (change.twin !== undefined) decided.set(change.twin.change, isKept)
    if (isKept) apply(names, change)
  }
  for (const [name, node] of names) {
    if (node.kind === 'folder') writeFolder(node, join(path, name), kept, random, decided)
    else writeFileSync(join(path, name), kept === 'some' && random(2) === 0 ? partOf(node, random) : node.durable)
  }
}

/** What was synced, and of the rest what the disk had already. */
function partOf({ now, durable }: FileNode, random: Random): Buffer {
  return now.subarray(0, durable.length + random(now.length - durable.length + 1))
}
