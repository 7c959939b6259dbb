// Goal: a descriptor that one thread opens and another one closes is nobody's business when the first thread ends. Method: the
// pool in a process of its own, with a worker entry of a few lines.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp-dir.ts'

const poolModule = pathToFileURL(join(import.meta.dirname, '../../../src-main/jobs/worker-pool.ts')).href

test('a number that was closed elsewhere and given again stays open when the thread that had it ends', () => {
  const folder = tempDir()
  const entry = join(folder, 'entry.mjs')
  writeFileSync(
    entry,
    `import { openSync } from 'node:fs'
     import { parentPort } from 'node:worker_threads'
     parentPort.on('message', ({ taskId }) => {
       parentPort.postMessage({ taskId, outcome: 'done', output: openSync(${JSON.stringify(entry)}, 'r') })
     })`,
  )
  const script = join(folder, 'script.mjs')
  writeFileSync(
    script,
    `import { closeSync, openSync, writeSync } from 'node:fs'
     import { WorkerPool } from ${JSON.stringify(poolModule)}
     const pool = new WorkerPool({ entry: new URL(${JSON.stringify(pathToFileURL(entry).href)}), warmCount: 1, threadsMax: 1 })
     const opened = await pool.run('any', {})
     closeSync(opened)
     const reused = openSync(${JSON.stringify(join(folder, 'kept.txt'))}, 'w')
     await pool.close()
     console.log(reused === opened, writeSync(reused, 'still open'))`,
  )
  expect(execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: 'pipe' })).toBe('true 10\n')
})
