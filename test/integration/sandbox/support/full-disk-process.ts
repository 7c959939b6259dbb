// A process that writes until the system refuses its files more room, and tells what happened. Argument: directory.

import { AppError } from '../../../../src-main/base/app-error.ts'
import { GraphStore } from '../../../../src-main/sandbox/store/graph-store.ts'

const [, , path = ''] = process.argv
const store = await GraphStore.open(path)
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error))
const write = () =>
  store.transaction('default', (graph) => {
    const node = graph.createNode(['Row'], new Map([['text', { type: 'string', value: 'x'.repeat(10_000) }]]))
    return node.id
  })

const confirmed: number[] = []
const failures: string[] = []
for (let round = 0; round < 100 && failures.length === 0; round += 1) {
  for (const each of await Promise.allSettled([write(), write(), write()])) {
    if (each.status === 'fulfilled') confirmed.push(each.value.result)
    else failures.push(codeOf(each.reason))
  }
}
const later = await write().catch(codeOf)
const isReadable = store.read('default', (graph) => graph.nodeCount('Row')) >= confirmed.length
const readInTransaction = await store.transaction('default', (graph) => graph.node(1)?.labels)
await store.close()
const facts = store.failure?.facts
process.stdout.write(
  JSON.stringify({ confirmed, failures, later, isReadable, readInTransaction, message: facts?.message }),
)
