// The sandbox's store behind GRAPH.QUERY and nothing else: a database server that an agent protects from outside.
// Argument: its directory.
import { systemClock } from '../../../src-main/base/clock.ts'
import { errorReply } from '../../../src-main/resp/reply.ts'
import { RespServer } from '../../../src-main/resp/resp-server.ts'
import { graphCommands } from '../../../src-main/sandbox/graph-commands.ts'
import { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'

const store = await GraphStore.open(process.argv[2] ?? '')
const server = await RespServer.start({
  commands: graphCommands({ store: () => store, clock: systemClock, random: Math.random }),
  listen: { host: '127.0.0.1', port: 0 },
  identity: { name: 'store', version: 'bench' },
  infoSections: () => [],
  errorReply: (error) => errorReply('ERR', error.message),
  onBug: (error) => console.error(error),
  clock: systemClock,
})
console.log(JSON.stringify({ event: 'listening', ...server.address }))

process.once('SIGTERM', async () => {
  await server.close(1000)
  await store.close()
})
