// A process that wants the lock of a repository: says what came of it on one line, and holds on until it is told to end.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../../src-main/base/app-error.ts'
import { systemClock } from '../../../src-main/base/clock.ts'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { ownProcess } from '../../../src-main/repository/own/lock/process-facts.ts'
import { WriterLock } from '../../../src-main/repository/own/lock/writer-lock.ts'

const [root = '', startAtMs = '0'] = process.argv.slice(2)
const instanceId = randomUUID()
const lock = new WriterLock({
  root,
  layer: nodeFileLayer,
  clock: systemClock,
  program: 'agent',
  instanceId,
  process: ownProcess(),
})

// all that were started together try at the same moment
while (Date.now() < Number(startAtMs));
let writer: ReturnType<WriterLock['acquire']> | null = null
try {
  writer = lock.acquire()
  console.log(`held ${instanceId}`)
} catch (cause) {
  console.log(cause instanceof AppError ? `refused ${cause.code}` : `failed ${String(cause)}`)
}

process.stdin.on('data', (chunk: Buffer) => {
  for (const order of chunk.toString().trim().split('\n')) obey(order)
})
process.stdin.on('end', () => process.exit(0))

function obey(order: string): void {
  try {
    if (order === 'beat') lock.beat()
    if (order === 'assert') writer?.assertHeld()
    if (order === 'release') lock.release()
    console.log(`${order} done`)
  } catch (cause) {
    console.log(`${order} ${cause instanceof AppError ? cause.code : String(cause)}`)
  }
}
