// A process that does business until it is killed, and says which commits were confirmed to it.
// Arguments: directory, seed, durability.
import { writeSync } from 'node:fs'
import { Random } from '../../../../src-main/sandbox/demo/random.ts'
import { GraphStore } from '../../../../src-main/sandbox/store/graph-store.ts'
import { doBusiness, openBank } from './bank.ts'

const PIPELINED = 8
const [, , path = '', seed = '1', durability = 'process'] = process.argv
const random = new Random(Number(seed))
const say = (line: string) => void writeSync(1, `${line}\n`)

const store = await GraphStore.open(path, {
  durability: durability === 'disk' ? 'disk' : 'process',
  walTtlSeconds: 3600,
  // so that flushes happen all the time
  flushAfterBytes: 40_000,
})
say('open')
await openBank(store)
for (;;) {
  const round = Array.from({ length: PIPELINED }, async () => {
    const { commit } = await store.transaction('default', (graph) => doBusiness(graph, random))
    if (commit !== null) say(`commit ${commit.firstSequence} ${commit.lastSequence} ${commit.committedAtUs}`)
  })
  await Promise.all(round)
}
