import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp-dir.ts'

const copyShared = new URL('../../../src-main/backup/full/copy-shared.ts', import.meta.url)
const copyWork = new URL('../../../src-main/backup/full/copy-work.ts', import.meta.url)

/** What a thread's priority is after it has copied nothing. */
async function priorityAfterCopy(isInBackground: boolean): Promise<number> {
  const root = tempDir()
  for (const folder of ['meta', 'private', 'shared_checksum']) mkdirSync(join(root, folder))
  const script = `
    import { getPriority } from 'node:os'
    import { parentPort } from 'node:worker_threads'
    import { copyShared } from ${JSON.stringify(copyShared.href)}
    import { makeCopyWork } from ${JSON.stringify(copyWork.href)}
    const order = { root: ${JSON.stringify(root)}, copies: [], rateLimitBytesPerSecond: 0, slot: 0, isInBackground: ${isInBackground} }
    copyShared({ ...order, work: makeCopyWork(0, 1), control: new SharedArrayBuffer(4) })
    parentPort.postMessage(getPriority())
  `
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
  const [priority] = (await once(worker, 'message')) as [number]
  await worker.terminate()
  return priority
}

test('a thread that copies in the background gives way to the database, which keeps its own priority', async (context) => {
  if (process.platform !== 'linux') context.skip('did not run: only Linux has a priority for each thread')
  const own = getPriority()
  expect(await priorityAfterCopy(false)).toBe(own)
  expect(await priorityAfterCopy(true)).toBe(Math.max(own, 10))
  expect(getPriority()).toBe(own)
})
