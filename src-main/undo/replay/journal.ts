import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { syncDirectory } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { IdMap } from './id-map.ts'
import { makeFolders } from './make-folders.ts'
import type { IdRange } from './marker.ts'

export type RowsKind = 'nodes' | 'edges'
export type IdPair = readonly [oldId: bigint, newId: bigint]

type Line =
  | { readonly line: 'begun'; readonly kind: RowsKind; readonly first: string; readonly last: string }
  | { readonly line: 'done'; readonly kind: RowsKind; readonly pairs: readonly (readonly [string, string])[] }
  /** nothing of what was begun is in doubt any more */
  | { readonly line: 'settled'; readonly kind: RowsKind }

/**
 * What undos of one database have made on one server, on the disk: each batch is begun here before it is sent, and done when the answer came. What was
 * begun and is not done has an unknown outcome. Each run appends a file of its own to the folder.
 */
export class ReplayJournal {
  readonly made: Readonly<Record<RowsKind, IdMap>> = { nodes: new IdMap(), edges: new IdMap() }
  readonly #begun: Record<RowsKind, IdRange[]> = { nodes: [], edges: [] }
  readonly #folder: string
  readonly #layer: FileLayer
  #descriptor: number | null = null
  #hasLines = false

  private constructor(folder: string, layer: FileLayer) {
    this.#folder = folder
    this.#layer = layer
  }

  /** What is known from earlier runs. Nothing is written. @throws AppError DAMAGED, ACCESS_DENIED, IO_FAILED */
  static read(folder: string, layer: FileLayer): ReplayJournal {
    const journal = new ReplayJournal(folder, layer)
    for (const name of runsIn(folder)) journal.#readRun(join(folder, name))
    return journal
  }

  /** No run has written anything yet. */
  get isFresh(): boolean {
    return !this.#hasLines
  }

  /** Ranges of rows of which nobody knows what became. */
  doubtful(kind: RowsKind): readonly IdRange[] {
    return this.#begun[kind]
  }

  /** Begins to write. @throws AppError TARGET_BUSY when another run writes too */
  start(): void {
    try {
      makeFolders(this.#folder, this.#layer)
      const number = Number(runsIn(this.#folder).at(-1)?.slice(0, 6) ?? 0) + 1
      this.#descriptor = this.#layer.open(join(this.#folder, `${String(number).padStart(6, '0')}.jsonl`), 'wx')
      syncDirectory(this.#folder, this.#layer)
    } catch (cause) {
      throw fileError(cause, this.#folder)
    }
  }

  /** A batch is about to be sent: on the disk when this returns. */
  begin(kind: RowsKind, range: IdRange): void {
    this.#append({ line: 'begun', kind, first: String(range.first), last: String(range.last) })
    this.#begun[kind].push(range)
  }

  /** Rows that are there. */
  done(kind: RowsKind, pairs: readonly IdPair[]): void {
    if (pairs.length > 0)
      this.#append({ line: 'done', kind, pairs: pairs.map(([oldId, newId]) => [String(oldId), String(newId)]) })
    for (const [oldId, newId] of pairs) this.made[kind].set(oldId, newId)
  }

  settle(kind: RowsKind): void {
    if (this.#begun[kind].length === 0) return
    this.#append({ line: 'settled', kind })
    this.#begun[kind] = []
  }

  close(): void {
    if (this.#descriptor !== null) this.#layer.close(this.#descriptor)
    this.#descriptor = null
  }

  #append(line: Line): void {
    if (this.#descriptor === null) return
    try {
      this.#layer.write(this.#descriptor, Buffer.from(`${JSON.stringify(line)}\n`, 'utf8'))
      this.#layer.sync(this.#descriptor)
    } catch (cause) {
      throw fileError(cause, this.#folder)
    }
  }

  #readRun(path: string): void {
    const lines = contentOf(path).split('\n')
    // behind the last line break: nothing, or a line that a crash cut
    lines.pop()
    for (const text of lines) {
      this.#hasLines = true
      try {
        this.#take(JSON.parse(text) as Line)
      } catch (cause) {
        throw unreadable(path, cause)
      }
    }
  }

  #take(line: Line): void {
    switch (line.line) {
      case 'begun':
        this.#begun[line.kind].push({ first: BigInt(line.first), last: BigInt(line.last) })
        return
      case 'done':
        for (const [oldId, newId] of line.pairs) this.made[line.kind].set(BigInt(oldId), BigInt(newId))
        return
      case 'settled':
        this.#begun[line.kind] = []
        return
      default:
        throw new Error('no line of a journal')
    }
  }
}

function runsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^\d{6}\.jsonl$/.test(name))
    .sort()
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(cause, path)
  }
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError(
    'DAMAGED',
    {
      message: 'the journal of this undo cannot be read',
      subject: path,
      unharmed: 'Nothing was sent to the server.',
      nextStep:
        'Move the folder away and run it again: what an unfinished run made is found by its marks on the server.',
    },
    { cause },
  )
}
