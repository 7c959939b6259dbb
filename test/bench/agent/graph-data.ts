import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { integer, text } from '../../../src-main/sandbox/demo/values.ts'
import { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { cacheDirectory } from '../reference/build.ts'

/** nodes that commands of the load change; their ids are the first ones */
export const COUNTERS = 1000
const DOCUMENT_BYTES = 4000
const NODES_PER_COMMIT = 250

/** A graph of counters, and of documents that do not compress, of about this size on disk: made once. */
export async function madeGraph(megabytes: number): Promise<string> {
  const directory = join(cacheDirectory, `graph-${megabytes}mb`)
  if (existsSync(directory)) return directory
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(cacheDirectory, { recursive: true })
  const store = await GraphStore.open(unfinished, { walTtlSeconds: 0 })
  await createNodes(store, COUNTERS, 'Counter', () => ({ value: integer(0) }))
  const documents = Math.ceil((megabytes * 1e6) / DOCUMENT_BYTES)
  await createNodes(store, documents, 'Document', () => ({
    text: text(randomBytes((DOCUMENT_BYTES * 3) / 4).toString('base64')),
  }))
  await store.flush()
  await store.close()
  renameSync(unfinished, directory)
  return directory
}

/** A copy of a database that may be written to; tables never change, so they are shared. */
export function workingCopy(directory: string, copy: string): string {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'LOCK') continue
    const place = entry.name.endsWith('.sst') ? linkSync : cpSync
    place(join(directory, entry.name), join(copy, entry.name))
  }
  return copy
}

async function createNodes(
  store: GraphStore,
  count: number,
  label: string,
  fields: () => Record<string, ReturnType<typeof text>>,
): Promise<void> {
  for (let done = 0; done < count; done += NODES_PER_COMMIT) {
    const length = Math.min(NODES_PER_COMMIT, count - done)
    await store.transaction('default', (graph) => {
      for (let index = 0; index < length; index += 1) {
        graph.createNode([label], new Map(Object.entries(fields())))
      }
    })
  }
}
