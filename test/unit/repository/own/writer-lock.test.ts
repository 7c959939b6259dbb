// Goal: who holds the lock, and when a holder is gone. Other machines are played by other process facts and a clock that
// the test moves; lock-processes.test.ts has real processes.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FileLayer, nodeFileLayer } from '../../../../src-main/base/file-layer.ts'
import { holderBytes } from '../../../../src-main/repository/own/lock/holder.ts'
import { ownProcess, type ProcessFacts } from '../../../../src-main/repository/own/lock/process-facts.ts'
import { heldWriter, WriterLock } from '../../../../src-main/repository/own/lock/writer-lock.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { layerCalls, systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { standingClock } from './fabricated-repository.ts'

const ids = Array.from({ length: 9 }, (_, index) => `${String(index).repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`)
const busy = expect.objectContaining({ code: 'REPOSITORY_BUSY' })
const SECOND_US = 1_000_000

function machine(host: string, processes: Record<number, string>, processId = 100): ProcessFacts {
  return {
    host,
    processId,
    processSpace: `${host} space`,
    processStart: processes[processId] ?? null,
    look: (id) => {
      const processStart = processes[id]
      return processStart === undefined ? 'ended' : { processStart }
    },
  }
}

function lockOf(
  root: string,
  order: { id: number; process: ProcessFacts; clock?: ReturnType<typeof standingClock>; layer?: FileLayer },
) {
  const clock = order.clock ?? standingClock(1_795_000_000_000_000)
  const instanceId = ids[order.id] ?? ''
  const layer = order.layer ?? nodeFileLayer
  return new WriterLock({ root, layer, clock, program: 'sandbox', instanceId, process: order.process })
}

test('a refusal names the holder, its machine and its times', () => {
  const root = tempDir()
  lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
  expect(() => lockOf(root, { id: 2, process: machine('beta', {}) }).acquire()).toThrow(
    expect.objectContaining({
      code: 'REPOSITORY_BUSY',
      facts: {
        message:
          'another process writes into this repository: sandbox, process 100 on alpha, ' +
          'since 2026-11-18T11:06:40.000Z, last seen 2026-11-18T11:06:40.000Z',
        subject: root,
        unharmed: 'Nothing was changed.',
        nextStep: 'Stop it, or wait: a holder that is gone is noticed, one on another machine after 60 seconds.',
      },
    }),
  )
})

test.each([
  ['has ended', {}, true],
  ['is another process with the same number', { 100: 'b' }, true],
  ['runs', { 100: 'a' }, false],
])('on the same machine a holder that %s counts as what it is, at once', (_what, processes, isGone) => {
  const root = tempDir()
  lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
  const follow = () => lockOf(root, { id: 2, process: machine('alpha', { 200: 'c', ...processes }, 200) }).acquire()
  if (isGone) expect(follow().root).toBe(root)
  else expect(follow).toThrow(busy)
})

test('a holder on another machine is gone after 60 seconds without a heartbeat, by our clock alone', () => {
  const root = tempDir()
  const theirs = standingClock(0)
  const holder = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }), clock: theirs })
  holder.acquire()
  const clock = standingClock(9_000_000_000 * SECOND_US)
  const other = lockOf(root, { id: 2, process: machine('beta', { 100: 'a' }), clock })
  expect(() => other.acquire()).toThrow(busy)
  clock.us += 59 * SECOND_US
  expect(() => other.acquire()).toThrow(busy)
  // its clock stands still, and its heartbeat is seen none the less
  holder.beat()
  clock.us += 59 * SECOND_US
  expect(() => other.acquire()).toThrow(busy)
  clock.us += 59 * SECOND_US
  expect(() => other.acquire()).toThrow(busy)
  clock.us += 1 * SECOND_US
  other.acquire().assertHeld()
  expect(() => holder.beat()).toThrow(busy)
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('two machines of one name, and two containers of one machine, never judge by process numbers', () => {
  for (const other of [
    { ...machine('alpha', {}), processSpace: 'another kernel' },
    { ...machine('alpha', {}), processSpace: null },
    { ...machine('beta', {}), processSpace: 'alpha space' },
  ]) {
    const root = tempDir()
    lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
    expect(() => lockOf(root, { id: 2, process: other }).acquire()).toThrow(busy)
  }
})

test('what is not known of a process is watched', () => {
  for (const unknown of [
    { holder: { ...machine('alpha', { 100: 'a' }), processStart: null }, look: () => ({ processStart: 'a' }) },
    { holder: machine('alpha', { 100: 'a' }), look: () => 'unknown' as const },
  ]) {
    const root = tempDir()
    const clock = standingClock(0)
    lockOf(root, { id: 1, process: unknown.holder }).acquire()
    const other = lockOf(root, { id: 2, process: { ...machine('alpha', {}), look: unknown.look }, clock })
    expect(() => other.acquire()).toThrow(busy)
    clock.us += 60 * SECOND_US
    other.acquire().assertHeld()
  }
})

test.each([
  ['empty', Buffer.alloc(0)],
  ['not sealed', Buffer.from('{"instanceId":"x"}')],
  ['larger than any lock', Buffer.alloc(1_000_000, 'x')],
  ['sealed and of another shape', Buffer.from(sealJson({ instanceId: '../../../etc/passwd', processId: 1 }))],
  ['binary', Buffer.from([0, 255, 1, 254])],
])('a lock that is %s keeps others out for 60 seconds, and no longer', (_what, bytes) => {
  const root = tempDir()
  mkdirSync(join(root, 'locks'))
  writeFileSync(join(root, 'locks/writer.json'), bytes)
  const clock = standingClock(0)
  const lock = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }), clock })
  expect(() => lock.acquire()).toThrow(busy)
  clock.us += 59 * SECOND_US
  expect(() => lock.acquire()).toThrow(busy)
  clock.us += 1 * SECOND_US
  lock.acquire().assertHeld()
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('a lock that is a link or a folder is refused and left as it is', () => {
  const linked = tempDir()
  mkdirSync(join(linked, 'locks'))
  writeFileSync(join(linked, 'elsewhere'), 'mine')
  symlinkSync(join(linked, 'elsewhere'), join(linked, 'locks/writer.json'))
  const folder = tempDir()
  mkdirSync(join(folder, 'locks/writer.json'), { recursive: true })
  for (const root of [linked, folder]) {
    expect(() => lockOf(root, { id: 1, process: machine('alpha', {}) }).acquire()).toThrow(
      expect.objectContaining({ code: 'ACCESS_DENIED' }),
    )
  }
  expect(readFileSync(join(linked, 'elsewhere'), 'utf8')).toBe('mine')
})

test('a claim of somebody who lives is respected, one of somebody who is gone is followed', () => {
  const root = tempDir()
  const gone = { host: 'alpha', processSpace: 'alpha space', processStart: 'a', startedAtUs: 1, heartbeatAtUs: 1 }
  const holder = { ...gone, program: 'agent' as const, processId: 100 }
  mkdirSync(join(root, 'locks'))
  writeFileSync(join(root, 'locks/writer.json'), holderBytes({ ...holder, instanceId: ids[1]! }).bytes)
  writeFileSync(
    join(root, `locks/.after-${ids[1]}.json`),
    holderBytes({ ...holder, instanceId: ids[2]!, processId: 101 }).bytes,
  )
  writeFileSync(
    join(root, `locks/.after-${ids[2]}.json`),
    holderBytes({ ...holder, instanceId: ids[3]!, processId: 102 }).bytes,
  )
  expect(() => lockOf(root, { id: 4, process: machine('alpha', { 102: 'a', 200: 'c' }, 200) }).acquire()).toThrow(busy)
  lockOf(root, { id: 5, process: machine('alpha', { 200: 'c' }, 200) })
    .acquire()
    .assertHeld()
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('a holder that comes back while another one follows it keeps its lock', () => {
  const root = tempDir()
  const holder = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) })
  holder.acquire()
  const clock = standingClock(0)
  const layer = watchedLayer((call, [path]) => {
    // right behind the creation of the claim
    if (call === 'write' && readdirSync(join(root, 'locks')).some((name) => name.startsWith('.after-'))) holder.beat()
    void path
  })
  const other = lockOf(root, { id: 2, process: machine('beta', {}), clock, layer })
  expect(() => other.acquire()).toThrow(busy)
  clock.us += 60 * SECOND_US
  expect(() => other.acquire()).toThrow(busy)
  holder.beat()
  expect(readdirSync(join(root, 'locks'))).toEqual(['writer.json'])
})

test('a heartbeat has the length of the one before, whatever the time', () => {
  const holder = {
    instanceId: ids[1]!,
    host: 'alpha',
    processId: 1,
    processSpace: null,
    processStart: null,
    startedAtUs: 1_795_000_000_000_000,
    program: 'agent' as const,
  }
  const lengths = new Set<number>()
  for (let beat = 0; beat < 500; beat += 1) {
    const heartbeatAtUs = 1_795_000_000_000_000 + beat * 5_000_003
    const made = holderBytes({ ...holder, heartbeatAtUs })
    expect(made.heartbeatAtUs - heartbeatAtUs).toBeLessThan(100)
    lengths.add(made.bytes.length)
  }
  expect(lengths.size).toBe(1)
})

test('whichever call of the disk fails, the lock is held or it is not, and another one can take it', () => {
  for (const call of layerCalls) {
    for (let failing = 1; failing <= 4; failing += 1) {
      const root = tempDir()
      lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }) }).acquire()
      const layer = watchedLayer((each, _args, count) => {
        if (each === call && count === failing) throw systemError('EIO')
      })
      const second = lockOf(root, { id: 2, process: machine('alpha', { 200: 'b' }, 200), layer })
      try {
        second.acquire()
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'IO_FAILED' })
        const third = lockOf(root, { id: 3, process: machine('alpha', { 300: 'c' }, 300) })
        third.acquire().assertHeld()
      }
    }
  }
})

test('a worker thread writes in the name of the instance that holds the lock', () => {
  const root = tempDir()
  const clock = standingClock(0)
  const lock = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }), clock })
  lock.acquire()
  const writer = (id: number) => heldWriter({ root, layer: nodeFileLayer, clock, instanceId: ids[id] ?? '' })
  writer(1).assertHeld()
  expect(() => writer(2).assertHeld()).toThrow(busy)
  lock.release()
  expect(() => writer(1).assertHeld()).toThrow(busy)
  lock.release()
})

test('this process knows itself', () => {
  const own = ownProcess()
  expect(own.processId).toBe(process.pid)
  if (process.platform === 'linux') {
    expect(own.look(process.pid)).toEqual({ processStart: own.processStart })
    expect(own.processSpace).toMatch(/^[0-9a-f-]{36} pid:\[[0-9]+\]$/)
  }
  // above any process number that Linux gives
  expect(own.look(4_194_305)).toBe('ended')
})
