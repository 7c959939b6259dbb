// Goal: the log that a recovery writes holds exactly the commits behind the base and up to the point, or there is none. Method:
// bases and archives written by hand, down to the byte; the new log is read record by record.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StoppedError } from '#base/abort.ts'
import { writeTail } from '../../../../src-main/restore/tail/write-tail.ts'
import { markerLogData, markerPut } from '../../rocksdb/commits/walk.ts'
import { batch, batchRecord, familyRecord, logOf, physicalRecord, put } from '../../rocksdb/log-writer.ts'
import { tailTask, writtenLog } from './tail-world.ts'

const TIME_US = 1_700_000_000_000_000
const hex = (...payloads: Buffer[]) => payloads.map((payload) => payload.toString('hex'))

/** One record of `count` puts. */
function puts(sequence: number, count: number): Buffer {
  return batch(sequence, count, ...Array.from({ length: count }, (_, index) => put(`key ${sequence + index}`, 'value')))
}

const single = (sequence: number) => puts(sequence, 1)

function thrownBy(run: () => unknown): unknown {
  try {
    run()
    return null
  } catch (thrown) {
    return thrown
  }
}

test('whole records between the base and the point are written as they are, from segment to segment', () => {
  const task = tailTask({
    baseLog: [single(1), puts(2, 2)],
    segments: [
      { first: 1, last: 4, bytes: logOf([single(1), puts(2, 2), single(4)]) },
      { first: 5, last: 9, bytes: logOf([puts(5, 2), puts(7, 3)]) },
      { first: 10, last: 12, bytes: logOf([single(10), puts(11, 2)]) },
    ],
    baseLastSequence: 3,
    lastSequence: 10,
  })
  const output = writeTail(task)
  expect(writtenLog(task)).toEqual({
    payloads: hex(single(4), puts(5, 2), puts(7, 3), single(10)),
    timestampSizes: [],
    end: 'clean',
  })
  expect(output).toMatchObject({ commitCount: 4, sizeBytes: readFileSync(join(task.filesPath, '000100.log')).length })
})

test('records larger than a block are framed anew wherever they fall', () => {
  const large = (sequence: number) => batch(sequence, 1, put(`key ${sequence}`, 'x'.repeat(70_000)))
  const archive = [single(1), large(2), single(3), large(4), single(5)]
  const task = tailTask({
    segments: [{ first: 1, last: 5, bytes: logOf(archive) }],
    baseLastSequence: 0,
    lastSequence: 5,
  })
  writeTail(task)
  expect(readFileSync(join(task.filesPath, '000100.log'))).toEqual(logOf(archive))
})

describe('a record that several commits were merged into', () => {
  // commits 1 to 2, 3 to 5 and 6 to 6; the second is marked by log data, the others by a put
  const first = [markerPut(TIME_US), put('a', '1')]
  const second = [markerLogData(TIME_US + 1), put('b', '2'), put('c', '3'), put('d', '4')]
  const third = [markerPut(TIME_US + 2)]
  const merged = batch(1, 6, ...first, ...second, ...third)
  const archive = logOf([merged, single(7)])
  const taskOf = (baseLastSequence: number, lastSequence: number) =>
    tailTask({
      baseLog: baseLastSequence === 0 ? [] : [batch(1, baseLastSequence, ...first)],
      segments: [{ first: 1, last: 7, bytes: archive }],
      baseLastSequence,
      lastSequence,
    })

  test.each([
    [0, 2, [batch(1, 2, ...first)], 1],
    [0, 5, [batch(1, 5, ...first, ...second)], 2],
    [0, 6, [merged], 3],
    [2, 5, [batch(3, 3, ...second)], 1],
    [2, 6, [batch(3, 4, ...second, ...third)], 2],
    [2, 7, [batch(3, 4, ...second, ...third), single(7)], 3],
  ] as const)('is cut between sequence %i and sequence %i', (base, last, records, commitCount) => {
    const task = taskOf(base, last)
    expect(writeTail(task)).toMatchObject({ commitCount })
    expect(writtenLog(task)).toMatchObject({ payloads: hex(...records) })
  })

  test.each([1, 3, 4])('is never cut inside a commit, at sequence %i', (last) => {
    expect(() => writeTail(taskOf(0, last))).toThrow(/no commit begins with sequence/)
  })
})

describe('an archive that does not lead from the base to the point', () => {
  const first = { first: 1, last: 2, bytes: logOf([single(1), single(2)]) }
  const second = { first: 3, last: 4, bytes: logOf([single(3), single(4)]) }
  const third = { first: 5, last: 6, bytes: logOf([single(5), single(6)]) }
  const bounds = { baseLastSequence: 0, lastSequence: 6 }

  test.each([
    ['a segment is missing', [first, third], 'sequences 3 to 4 are missing in the archive'],
    ['it ends too early', [first, second], 'the archive ends with sequence 4, and 6 is needed'],
    ['it begins too late', [second, third], 'sequences 1 to 2 are missing in the archive'],
    [
      'it was cut between two records',
      [first, { ...second, bytes: logOf([single(3)]) }, third],
      'sequences 4 to 4 are missing in the archive',
    ],
    [
      'it is torn',
      [first, second, { ...third, bytes: third.bytes.subarray(0, third.bytes.length - 3) }],
      'the archive ends with sequence 5, and 6 is needed',
    ],
  ])('is refused: %s', (_what, segments, message) => {
    const thrown = thrownBy(() => writeTail(tailTask({ segments, ...bounds })))
    expect(thrown).toMatchObject({ code: 'DAMAGED', facts: { message } })
  })

  test('is refused at every byte of a segment that was changed', () => {
    for (let at = 0; at < second.bytes.length; at += 1) {
      const bytes = Buffer.from(second.bytes)
      bytes[at] = (bytes[at] ?? 0) ^ 0x10
      const thrown = thrownBy(() => writeTail(tailTask({ segments: [first, { ...second, bytes }, third], ...bounds })))
      expect(thrown, `byte ${at}`).toMatchObject({ code: 'DAMAGED' })
    }
  })

  test('is refused where the base ends elsewhere than the plan says', () => {
    const baseLog = [single(1)]
    const thrown = thrownBy(() =>
      writeTail(tailTask({ baseLog, segments: [first], baseLastSequence: 0, lastSequence: 2 })),
    )
    expect(thrown).toMatchObject({
      code: 'BACKUP_INCOMPLETE',
      facts: { message: expect.stringContaining('ends with sequence 1') },
    })
    const tables = { manifestSequence: 2, segments: [first], baseLastSequence: 1, lastSequence: 2 }
    expect(thrownBy(() => writeTail(tailTask(tables)))).toMatchObject({ code: 'BACKUP_INCOMPLETE' })
  })
})

describe('a column family that the base does not know', () => {
  const inFamily = (sequence: number, id: number) => batch(sequence, 1, familyRecord(5, id, 'key', 'value'))
  const task = (lastSequence: number, families: readonly number[]) =>
    tailTask({
      segments: [{ first: 1, last: 3, bytes: logOf([single(1), inFamily(2, 7), inFamily(3, 9)]) }],
      baseLastSequence: 0,
      lastSequence,
      families,
    })

  test('is refused, for an engine would drop what is written to it without a word', () => {
    const thrown = thrownBy(() => writeTail(task(3, [7])))
    expect(thrown).toMatchObject({
      code: 'BACKUP_INCOMPLETE',
      facts: {
        message: 'a commit writes to column family 9, which the full backup does not have',
        subject: 'sequence 3',
      },
    })
  })

  test('does not matter behind the point, nor when the base knows it', () => {
    expect(writeTail(task(2, [7]))).toMatchObject({ commitCount: 2 })
    expect(writeTail(task(3, [7, 9]))).toMatchObject({ commitCount: 3 })
  })

  test('is refused in what is prepared only as well', () => {
    const prepared = batch(1, 1, batchRecord(9), familyRecord(5, 7, 'key', 'value'), batchRecord(10, 'transaction'))
    const segments = [{ first: 1, last: 1, bytes: logOf([prepared, single(1)]) }]
    const thrown = thrownBy(() => writeTail(tailTask({ segments, baseLastSequence: 0, lastSequence: 1 })))
    expect(thrown).toMatchObject({ code: 'BACKUP_INCOMPLETE' })
  })
})

describe('two-phase commits', () => {
  const prepare = (sequence: number) =>
    batch(sequence, 2, batchRecord(9), put('p', '1'), put('q', '2'), batchRecord(10, 'transaction'))
  const commit = (sequence: number) => batch(sequence, 0, batchRecord(11, 'transaction'))

  test('stay together: what was prepared goes along with what decides it, and is kept undecided before it', () => {
    const archive = [single(1), prepare(2), single(2), commit(3), single(5)]
    const segments = [{ first: 1, last: 5, bytes: logOf(archive) }]
    const whole = tailTask({ segments, baseLastSequence: 1, lastSequence: 5, baseLog: [single(1)] })
    expect(writeTail(whole)).toMatchObject({ commitCount: 3 })
    expect(writtenLog(whole).payloads).toEqual(hex(...archive.slice(1)))
    const undecided = tailTask({ segments, baseLastSequence: 1, lastSequence: 2, baseLog: [single(1)] })
    expect(writeTail(undecided)).toMatchObject({ commitCount: 1 })
    expect(writtenLog(undecided).payloads).toEqual(hex(prepare(2), single(2)))
  })

  test('are never split: no point lies inside one', () => {
    const segments = [{ first: 1, last: 3, bytes: logOf([single(1), prepare(2), commit(2)]) }]
    const task = tailTask({ segments, baseLastSequence: 0, lastSequence: 2 })
    expect(thrownBy(() => writeTail(task))).toMatchObject({ code: 'DAMAGED' })
  })

  test('are known when they were prepared in the base', () => {
    const segments = [{ first: 2, last: 3, bytes: logOf([commit(2)]) }]
    const task = tailTask({ baseLog: [single(1), prepare(2)], segments, baseLastSequence: 1, lastSequence: 3 })
    expect(writeTail(task)).toMatchObject({ commitCount: 1 })
    expect(writtenLog(task).payloads).toEqual(hex(commit(2)))
  })

  test('are refused when what they decide is nowhere', () => {
    const segments = [{ first: 2, last: 3, bytes: logOf([commit(2), single(2), single(3)]) }]
    const task = tailTask({ baseLog: [single(1)], segments, baseLastSequence: 1, lastSequence: 3 })
    expect(thrownBy(() => writeTail(task))).toMatchObject({
      code: 'DAMAGED',
      facts: { message: expect.stringContaining('prepared part') },
    })
  })

  test('are followed over the end of a segment that uses up no sequence', () => {
    const segments = [
      { first: 1, last: 1, bytes: logOf([single(1), prepare(2)]) },
      { first: 2, last: 3, bytes: logOf([commit(2)]) },
    ]
    const task = tailTask({ segments, baseLastSequence: 0, lastSequence: 3 })
    writeTail(task)
    expect(writtenLog(task).payloads).toEqual(hex(single(1), prepare(2), commit(2)))
  })
})

test('where a timeline forked, the older one counts up to the fork and not further', () => {
  const merged = (value: string) =>
    batch(3, 4, markerPut(TIME_US), put('a', value), markerPut(TIME_US + 1), put('b', '2'))
  const own = batch(5, 1, put('own', 'x'))
  for (const last of [6, 4]) {
    const task = tailTask({
      segments: [
        { first: 1, last, bytes: logOf([puts(1, 2), merged('1'), single(7)]) },
        { first: 5, last: 5, timeline: '2', bytes: logOf([own]) },
      ],
      baseLastSequence: 0,
      lastSequence: 5,
    })
    expect(writeTail(task)).toMatchObject({ commitCount: 3 })
    const kept = batch(3, 2, markerPut(TIME_US), put('a', '1'))
    expect(writtenLog(task).payloads).toEqual(hex(puts(1, 2), kept, own))
  }
})

test('sizes of timestamps are said once for each family', () => {
  const sizes = (id: number) => physicalRecord(10, Uint8Array.of(id, 0, 0, 0, 8, 0))
  const withSizes = (head: Buffer, payloads: Buffer[]) => {
    const rest = logOf([Buffer.alloc(head.length - 7), ...payloads])
    return Buffer.concat([head, rest.subarray(head.length)])
  }
  const task = tailTask({
    segments: [
      { first: 1, last: 1, bytes: withSizes(sizes(0), [single(1)]) },
      { first: 2, last: 2, bytes: withSizes(sizes(0), [single(2)]) },
      { first: 3, last: 3, bytes: withSizes(sizes(4), [single(3)]) },
    ],
    baseLastSequence: 0,
    lastSequence: 3,
  })
  writeTail(task)
  expect(writtenLog(task)).toMatchObject({
    payloads: hex(single(1), single(2), single(3)),
    timestampSizes: [
      { columnFamilyId: 0, sizeBytes: 8 },
      { columnFamilyId: 4, sizeBytes: 8 },
    ],
  })
})

test('a log that is there under its final name is proved and not written', () => {
  const task = tailTask({
    segments: [{ first: 1, last: 2, bytes: logOf([single(1), single(2)]) }],
    baseLastSequence: 0,
    lastSequence: 2,
  })
  const written = writeTail(task)
  const path = join(task.filesPath, task.fileName)
  const bytes = readFileSync(path)
  expect(writeTail({ ...task, isPublished: true })).toEqual(written)
  for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.alloc(1)]), Buffer.alloc(bytes.length)]) {
    writeFileSync(path, other)
    expect(thrownBy(() => writeTail({ ...task, isPublished: true }))).toMatchObject({ code: 'TARGET_NOT_EMPTY' })
    expect(readFileSync(path)).toEqual(other)
  }
})

test('it stops when it is asked to, and a rate limit is kept by waiting', () => {
  const archive = logOf(Array.from({ length: 12 }, (_, index) => batch(index + 1, 1, put('key', 'v'.repeat(30_000)))))
  const task = tailTask({
    segments: [{ first: 1, last: 12, bytes: archive }],
    baseLastSequence: 0,
    lastSequence: 12,
  })
  const stopped = { ...task, control: new SharedArrayBuffer(4) }
  new Int32Array(stopped.control)[0] = 2
  expect(thrownBy(() => writeTail(stopped))).toBeInstanceOf(StoppedError)
  let nowUs = 0
  // each look takes a twentieth of a second: only waiting lets time pass
  const clock = { nowUs: () => nowUs, monotonicUs: () => (nowUs += 50_000) }
  const { sizeBytes } = writeTail({ ...task, rateLimitBytesPerSecond: 600_000 }, undefined, clock)
  expect(nowUs / 1_000_000).toBeGreaterThan(sizeBytes / 600_000 - 0.5)
  expect(existsSync(join(task.filesPath, task.fileName))).toBe(true)
})
