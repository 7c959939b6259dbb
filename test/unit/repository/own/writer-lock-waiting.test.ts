import { expect, test } from 'vitest'
import { systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { standingClock } from './fabricated-repository.ts'
import { busy, lockOf, machine } from './lock-of.ts'

/** Waiting moves the clock, and lets others act meanwhile. */
function waitingOn(clock: ReturnType<typeof standingClock>, meanwhile: (waits: number) => void = () => {}) {
  const waits: number[] = []
  const refusals: string[] = []
  return {
    waits,
    refusals,
    onWaiting: (refusal: { code: string }) => void refusals.push(refusal.code),
    wait: async (milliseconds: number) => {
      waits.push(milliseconds)
      clock.us += milliseconds * 1000
      meanwhile(waits.length)
    },
  }
}

test('who waits takes the lock when its holder has been silent for 60 seconds, and says once that it waits', async () => {
  const root = tempDir()
  lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
  const clock = standingClock(0)
  const waiting = waitingOn(clock)
  const writer = await lockOf(root, { id: 2, process: machine('beta', {}), clock }).acquireWithin(65_000, waiting)
  writer.assertHeld()
  expect({ waits: waiting.waits, refusals: waiting.refusals }).toEqual({
    waits: Array(60).fill(1000),
    refusals: ['REPOSITORY_BUSY'],
  })
})

test('who waits takes the lock as soon as it is given back', async () => {
  const root = tempDir()
  const holder = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) })
  holder.acquire()
  const clock = standingClock(0)
  const waiting = waitingOn(clock, (waits) => waits === 3 && holder.release())
  const writer = await lockOf(root, { id: 2, process: machine('beta', {}), clock }).acquireWithin(65_000, waiting)
  writer.assertHeld()
  expect(waiting.waits).toEqual([1000, 1000, 1000])
})

test('a free lock is taken without waiting', async () => {
  const waiting = waitingOn(standingClock(0))
  const lock = lockOf(tempDir(), { id: 1, process: machine('alpha', {}) })
  const writer = await lock.acquireWithin(0, waiting)
  writer.assertHeld()
  expect({ waits: waiting.waits, refusals: waiting.refusals }).toEqual({ waits: [], refusals: [] })
})

test('a holder that says that it lives is waited for in vain, to the end of the time', async () => {
  const root = tempDir()
  const holder = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) })
  holder.acquire()
  const clock = standingClock(0)
  const waiting = waitingOn(clock, (waits) => waits % 5 === 0 && holder.beat())
  const lock = lockOf(root, { id: 2, process: machine('beta', {}), clock })
  await expect(lock.acquireWithin(65_500, waiting)).rejects.toThrow(busy)
  expect(waiting.waits).toEqual([...Array(65).fill(1000), 500])
  expect(waiting.refusals).toEqual(['REPOSITORY_BUSY'])
  holder.beat()
})

test('a holder that runs on this machine is not waited for', async () => {
  const root = tempDir()
  lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
  const clock = standingClock(0)
  const waiting = waitingOn(clock)
  const lock = lockOf(root, { id: 2, process: machine('alpha', { 100: 'a', 200: 'b' }, 200), clock })
  await expect(lock.acquireWithin(65_000, waiting)).rejects.toThrow(busy)
  expect({ waits: waiting.waits, refusals: waiting.refusals }).toEqual({ waits: [], refusals: [] })
})

test('waiting ends with its signal, and at once with what is no refusal', async () => {
  const root = tempDir()
  lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
  const stop = new AbortController()
  const lock = lockOf(root, { id: 2, process: machine('beta', {}) })
  // the real wait, of a second, which the signal cuts off
  const onWaiting = () => stop.abort(new Error('stopped'))
  await expect(lock.acquireWithin(65_000, { signal: stop.signal, onWaiting })).rejects.toThrow('stopped')
  await expect(lock.acquireWithin(65_000, { signal: stop.signal, onWaiting })).rejects.toThrow('stopped')
  const broken = watchedLayer((call) => {
    if (call === 'open') throw systemError('EIO')
  })
  const clock = standingClock(0)
  const waiting = waitingOn(clock)
  const other = lockOf(tempDir(), { id: 3, process: machine('beta', {}), layer: broken, clock })
  await expect(other.acquireWithin(65_000, waiting)).rejects.toThrow(expect.objectContaining({ code: 'IO_FAILED' }))
  expect(waiting.waits).toEqual([])
})
