// Goal: tasks run side by side up to a bound, and a thread that dies takes only its own task with it.
import { expect, onTestFinished, test } from 'vitest'
import { WorkerPool } from '../../../src-main/jobs/worker-pool.ts'
import type { Order } from '../../support/obedient-worker.ts'

function startPool(warmCount: number, threadsMax: number): WorkerPool {
  const entry = new URL('../../support/obedient-worker.ts', import.meta.url)
  const pool = new WorkerPool({ entry, warmCount, threadsMax })
  onTestFinished(() => pool.close())
  return pool
}

const run = (pool: WorkerPool, order: Order): Promise<unknown> => pool.run('inspect-directory', order as never)
const newGate = () => new SharedArrayBuffer(4)

function open(gate: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(gate), 0, 1)
  Atomics.notify(new Int32Array(gate), 0)
}

test('a task answers, fails or stops as its thread says', async () => {
  const pool = startPool(1, 1)
  expect(await run(pool, { path: 'hello' })).toBe('hello')
  await expect(run(pool, { path: 'fail' })).rejects.toMatchObject({ code: 'DISK_FULL', facts: { message: 'fail' } })
  await expect(run(pool, { path: 'stop' })).rejects.toMatchObject({ name: 'StoppedError' })
  expect(await run(pool, { path: 'again' })).toBe('again')
})

test('tasks beyond the bound wait in their order', async () => {
  const pool = startPool(0, 2)
  const gates = [newGate(), newGate()]
  const blocked = gates.map((gate) => run(pool, { path: 'wait', gate }))
  const order: unknown[] = []
  const queued = ['first', 'second', 'third'].map((path) => run(pool, { path }).then((answer) => order.push(answer)))
  open(gates[0] as SharedArrayBuffer)
  await Promise.all(queued)
  expect(order).toEqual(['first', 'second', 'third'])
  open(gates[1] as SharedArrayBuffer)
  expect(await Promise.all(blocked)).toEqual(['wait', 'wait'])
})

test('it grows when all threads are busy, so that nothing waits for a long task', async () => {
  const pool = startPool(1, 3)
  const gate = newGate()
  const long = run(pool, { path: 'wait', gate })
  expect(await Promise.all([run(pool, { path: 'a' }), run(pool, { path: 'b' }), run(pool, { path: 'c' })])).toEqual([
    'a',
    'b',
    'c',
  ])
  open(gate)
  expect(await long).toBe('wait')
})

test.each(['exit', 'throw'])('a thread that dies by %s fails its own task alone, and is replaced', async (path) => {
  const pool = startPool(1, 2)
  const gate = newGate()
  const other = run(pool, { path: 'wait', gate })
  const dying = run(pool, { path })
  const queued = run(pool, { path: 'queued behind it' })
  await expect(dying).rejects.toMatchObject({
    code: 'INTERNAL',
    facts: { message: 'a worker thread died', subject: 'inspect-directory' },
  })
  expect(await queued).toBe('queued behind it')
  open(gate)
  expect(await other).toBe('wait')
  expect(await run(pool, { path: 'after' })).toBe('after')
})

test('closing ends running and waiting tasks, and refuses new ones', async () => {
  const pool = startPool(1, 1)
  const outcomes = Promise.allSettled([run(pool, { path: 'wait', gate: newGate() }), run(pool, { path: 'queued' })])
  await pool.close()
  const late = Promise.allSettled([run(pool, { path: 'late' })])
  for (const outcome of [...(await outcomes), ...(await late)]) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STOPPED' } })
  }
})
