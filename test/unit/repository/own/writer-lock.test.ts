// Goal: who holds the lock, and when a holder is gone. Other machines are played by other process facts and a clock that
// the test moves; lock-processes.test.ts has real processes.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileLayer } from '../../../../src-main/base/file-layer.ts'
import { holderBytes } from '../../../../src-main/repository/own/lock/holder.ts'
import { ownProcess } from '../../../../src-main/repository/own/lock/process-facts.ts'
import { heldWriter } from '../../../../src-main/repository/own/lock/writer-lock.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { layerCalls, systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { standingClock } from './fabricated-repository.ts'
import { busy, ids, lockOf, machine, SECOND_US } from './lock-of.ts'

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

const START_US = 1_795_000_000_000_000

test.each([
  ['before the machine was started anew', 'boot-2 pid:[1]', START_US + 1, true],
  ['before the machine was started anew, in another container', 'boot-2 pid:[2]', START_US + 1, true],
  ['after this machine was started: another one of the same name', 'boot-2 pid:[1]', START_US, false],
  ['in another container, and the machine was not started anew', 'boot-1 pid:[2]', START_US + 1, false],
  ['and it is not known when this machine was started', 'boot-2 pid:[1]', null, false],
])('of a holder with the name of this machine that was seen %s, the kernel tells', (_when, space, booted, isGone) => {
  const root = tempDir()
  const first = { ...machine('alpha', { 100: 'a' }), processSpace: 'boot-1 pid:[1]' }
  lockOf(root, { id: 1, process: first, clock: standingClock(START_US - 50) }).acquire()
  const readHeartbeat = () =>
    /"heartbeatAtUs":([0-9]+)/.exec(readFileSync(join(root, 'locks/writer.json'), 'utf8'))?.[1]
  expect(Number(readHeartbeat())).toBeLessThan(START_US)
  // a holder on a machine that lives has been seen later than ours was started
  const bootedAtUs = booted === START_US ? Number(readHeartbeat()) : booted
  const next = { ...machine('alpha', { 100: 'a', 200: 'b' }, 200), processSpace: space, bootedAtUs }
  const follow = () => lockOf(root, { id: 2, process: next }).acquire()
  if (isGone) follow().assertHeld()
  else expect(follow).toThrow(busy)
})

test.each([
  ['has ended', 'ended' as const, {}, true],
  ['runs, or another one with its number', 'unknown' as const, {}, false],
  ['has ended, on another machine', 'ended' as const, { host: 'beta' }, false],
  ['has ended, where containers may count apart', 'ended' as const, { hasOneProcessSpace: false }, false],
  ['has ended, and counts in a space that has a name', 'ended' as const, { processSpace: 'alpha space' }, false],
])('where process spaces have no name, a holder that %s counts as what it is', (_what, found, more, isGone) => {
  const root = tempDir()
  const nameless = { ...machine('alpha', {}), processSpace: null, hasOneProcessSpace: true }
  lockOf(root, { id: 1, process: nameless }).acquire()
  const follow = () => lockOf(root, { id: 2, process: { ...nameless, look: () => found, ...more } }).acquire()
  if (isGone) follow().assertHeld()
  else expect(follow).toThrow(busy)
})

test.each([
  ['open', 'EIO', 'IO_FAILED'],
  ['open', 'EACCES', 'ACCESS_DENIED'],
  ['write', 'ENOSPC', 'DISK_FULL'],
  ['sync', 'EIO', 'IO_FAILED'],
] as const)('a heartbeat that fails in %s with %s says %s, and the lock is still held', (call, error, code) => {
  const root = tempDir()
  let isBroken = false
  const layer = watchedLayer((each) => {
    if (isBroken && each === call) throw systemError(error)
  })
  const lock = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }), layer })
  const writer = lock.acquire()
  isBroken = true
  for (let beat = 0; beat < 3; beat += 1) expect(() => lock.beat()).toThrow(expect.objectContaining({ code }))
  writer.assertHeld()
  isBroken = false
  lock.beat()
  writer.assertHeld()
})

test.each([
  ['removed', (path: string) => rmSync(path)],
  ['taken by another one', (path: string) => writeFileSync(path, holderBytes({ ...lives, instanceId: ids[2]! }).bytes)],
  ['half written', (path: string) => truncateSync(path, 20)],
])('a heartbeat on a lock that was %s says REPOSITORY_BUSY, also when the disk fails', (_what, lose) => {
  const root = tempDir()
  let isBroken = false
  const layer = watchedLayer((each) => {
    if (isBroken && each === 'write') throw systemError('EIO')
  })
  const lock = lockOf(root, { id: 1, process: machine('alpha', { 100: 'a' }), layer })
  lock.acquire()
  lose(join(root, 'locks/writer.json'))
  expect(() => lock.beat()).toThrow(busy)
  isBroken = true
  expect(() => lock.beat()).toThrow(busy)
})

const lives = {
  host: 'beta',
  processId: 7,
  processSpace: 'beta space',
  processStart: 'b',
  startedAtUs: 1,
  heartbeatAtUs: 1,
  program: 'agent' as const,
}

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
    expect(own.hasOneProcessSpace).toBe(false)
    expect(Math.abs(own.bootedAtUs! / 1e6 - (Date.now() / 1000 - uptime()))).toBeLessThan(5)
    expect(own.processSpace).toMatch(/^[0-9a-f-]{36} pid:\[[0-9]+\]$/)
  }
  // above any process number that Linux gives
  expect(own.look(4_194_305)).toBe('ended')
})
