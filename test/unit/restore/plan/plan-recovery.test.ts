// Goal: each target comes down to the right commit, with the right base, and what cannot be reached is refused with what is
// near. Method: histories written by hand, the edge cases one by one.
import { describe, expect, test } from 'vitest'
import {
  commit,
  cutOf,
  failed,
  full,
  increment,
  justBefore,
  latest,
  pathOf,
  plain,
  type plan,
  planned,
  refused,
  sequence,
  time,
  told,
  WrittenArchive,
  WrittenBases,
} from './written-history.ts'

describe('a plan', () => {
  test('names all that it does: base, segments, tail, what is lost, what it is sure of', () => {
    const { archive, fulls } = plain()
    const [first, , third] = archive.commits.get(pathOf('1', 11))!
    expect(third?.lastSequence).toBe(16)
    const answer = planned(archive, fulls, time(119), { context: { nowUs: 5, measuredBytesPerSecond: 2_000_000 } })
    const { factsDigest, ...rest } = answer
    expect(factsDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(rest).toEqual({
      formatVersion: 1,
      repositoryId: 'a repository',
      repositoryPath: '/repository',
      madeAtUs: 5,
      target: time(119),
      timeline: '1',
      effective: {
        sequence: 12,
        lastKept: told(first!),
        firstDropped: told(commit(13, 13, 120)),
        proof:
          'The next commit, sequence 13, was made at 1970-01-01T00:00:00.000120Z, after the target. The archive holds every sequence from 11 to 12 without a hole.',
      },
      base: { backupId: 1, lastSequence: 10, createdAtUs: 105, fileCount: 3, totalBytes: 1000, metaDigest: 'digest 1' },
      passedOver: [],
      segments: [{ path: pathOf('1', 11), firstSequence: 11, lastSequence: 16, sizeBytes: 120, crc32c: 11 }],
      tail: { commitCount: 1, sizeBytes: 20 },
      loss: {
        commitCount: 4,
        putCount: 5,
        deleteCount: 3,
        firstCommittedAtUs: 120,
        lastCommittedAtUs: 140,
        lastSequence: 20,
      },
      neededBytes: 1120,
      expectedDurationUs: 560,
      expectation: 'At 2 MB a second, as the last recovery on this machine.',
      warnings: [],
    })
  })

  test('of a time keeps its commits when it is inclusive, and drops them when it is not', () => {
    const { archive, fulls } = plain()
    const cuts = (timeUs: number) =>
      [true, false].map((isInclusive) => cutOf(archive, fulls, time(timeUs, isInclusive)))
    expect(cuts(109)).toEqual([10, 10])
    expect(cuts(110)).toEqual([12, 10])
    // two commits in one microsecond
    expect(cuts(119)).toEqual([12, 12])
    expect(cuts(120)).toEqual([16, 12])
    expect(cuts(121)).toEqual([16, 16])
    expect(cuts(140)).toEqual([20, 17])
    expect(planned(archive, fulls, time(120, false)).effective.proof).toMatch(/at the target, which is excluded/)
  })

  test('of a sequence ends with the last whole commit, and never divides one', () => {
    const { archive, fulls } = plain()
    expect([10, 11, 12, 13, 14, 15, 16, 20].map((number) => cutOf(archive, fulls, sequence(number)))).toEqual([
      10, 10, 12, 13, 13, 13, 16, 20,
    ])
    expect(planned(archive, fulls, sequence(15)).effective.proof).toMatch(
      /^Sequence 15 lies inside a commit, which is not divided/,
    )
  })

  test('of what was before a sequence ends before the commit that it belongs to', () => {
    const { archive, fulls } = plain()
    expect([11, 12, 13, 14, 15, 16, 17, 20].map((number) => cutOf(archive, fulls, justBefore(number)))).toEqual([
      10, 10, 12, 13, 13, 13, 16, 17,
    ])
    const { effective, loss } = planned(archive, fulls, justBefore(15))
    expect([effective.lastKept?.lastSequence, effective.firstDropped?.firstSequence]).toEqual([13, 14])
    expect(loss).toMatchObject({ commitCount: 3, deleteCount: 3 })
  })

  test('of the state of the base needs no segment, and names no commit that is not archived', () => {
    const { archive, fulls } = plain()
    const { effective, segments, tail } = planned(archive, fulls, sequence(10))
    expect({ kept: effective.lastKept, dropped: effective.firstDropped?.firstSequence, segments, tail }).toEqual({
      kept: null,
      dropped: 11,
      segments: [],
      tail: { commitCount: 0, sizeBytes: 0 },
    })
  })

  test('of a backup is that of its last sequence, also when another full must be the base', () => {
    const { archive, fulls } = plain()
    const backups = [...fulls, increment(2, 11, 16), full(3, 17, failed('a block'))]
    const target = (backupId: number) => ({ kind: 'backup' as const, backupId })
    expect([1, 2].map((id) => cutOf(archive, backups, target(id)))).toEqual([10, 16])
    const { effective, base, passedOver } = planned(archive, backups, target(3))
    expect([effective.sequence, base.backupId]).toEqual([17, 1])
    expect(passedOver).toEqual([{ backupId: 3, reason: 'Its last verification failed: a block.' }])
    expect(refused(archive, backups, target(9))).toMatchObject({ code: 'BACKUP_NOT_FOUND', nearest: [null, null] })
    const twice = [...backups, increment(1, 11, 16)]
    expect(refused(archive, twice, target(1))).toMatchObject({
      code: 'BAD_REQUEST',
      message: 'two backups have the id 1',
    })
  })

  test('of a named point is that of its sequence, on its own timeline', () => {
    const { archive, fulls } = plain()
    const marks = [
      { name: 'before the upgrade', timeline: '1', sequence: 16, madeAtUs: 125 },
      { name: 'elsewhere', timeline: '7', sequence: 16, madeAtUs: 125 },
    ]
    const mark = (name: string) => ({ kind: 'mark' as const, name })
    expect(planned(archive, fulls, mark('before the upgrade'), { facts: { marks } }).effective).toMatchObject({
      sequence: 16,
      proof: expect.stringMatching(/^“before the upgrade” was set at sequence 16\./),
    })
    expect(refused(archive, fulls, mark('elsewhere'), { facts: { marks }, timeline: '1' }).message).toBe(
      'the recovery point “elsewhere” is on timeline 7, and not on timeline 1',
    )
    expect(refused(archive, fulls, mark('other'), { facts: { marks } }).code).toBe('BAD_REQUEST')
  })

  test('of the latest point ends with the archive, or with a full behind it', () => {
    const { archive, fulls } = plain()
    expect(cutOf(archive, fulls, latest)).toBe(20)
    expect(cutOf(archive, [...fulls, full(2, 30)], latest)).toBe(30)
    const { effective, warnings } = planned(archive, [...fulls, full(2, 30, failed('a block'))], latest)
    expect(effective.sequence).toBe(20)
    expect(warnings[0]).toBe('Backup 2 has a newer state, up to sequence 30, and cannot be restored.')
  })
})

describe('the base of a plan', () => {
  test('is the newest full that is not behind the point', () => {
    const { archive, fulls } = plain()
    const all = [...fulls, full(2, 13), full(4, 16), full(3, 20)]
    const baseOf = (number: number) => planned(archive, all, sequence(number)).base.backupId
    expect([10, 12, 13, 15, 16, 17, 20].map(baseOf)).toEqual([1, 1, 2, 2, 4, 4, 3])
  })

  test('is an older one with more of the archive where newer ones are damaged, which is said', () => {
    const { archive, fulls } = plain()
    const damage = {
      file: 'shared_checksum/7.sst',
      problem: 'missing',
      offsetBytes: null,
      structure: 'file',
      expected: null,
      found: null,
    }
    const all = [
      ...fulls,
      full(2, 12, failed('a block')),
      full(3, 13, { state: 'incomplete', isRestorable: false, problems: [damage] }),
      full(4, 13),
      full(5, 16),
      full(6, 20),
      full(7, 20, { timeline: null, lastSequence: null, sequenceFloor: null, isRestorable: false, state: 'damaged' }),
    ]
    const bases = new WrittenBases({ 4: 'MANIFEST-000005: a record is damaged' })
    const { base, passedOver, tail } = planned(archive, all, sequence(17), { bases, excluded: [5] })
    expect([base.backupId, tail.commitCount]).toEqual([1, 4])
    expect(passedOver).toEqual([
      { backupId: 7, reason: 'What describes it cannot be read: no more is known.' },
      { backupId: 5, reason: 'A file of it was found damaged while it was copied.' },
      { backupId: 4, reason: 'MANIFEST-000005: a record is damaged.' },
      { backupId: 3, reason: 'It is incomplete: shared_checksum/7.sst: missing.' },
      { backupId: 2, reason: 'Its last verification failed: a block.' },
    ])
  })

  test('does not move the point: what is kept is the same whichever base is left', () => {
    // the clock was far ahead for one commit before the second full
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110), commit(12, 12, 9000), commit(13, 13, 130), commit(14, 14, 140), commit(15, 15, 150)],
    ])
    const all = [full(1, 10, { lastCommitAtUs: 100 }), full(2, 13, { lastCommitAtUs: 130 })]
    expect(planned(archive, all, time(145)).effective.sequence).toBe(14)
    const { effective, base, warnings } = planned(archive, all, time(145), { excluded: [2] })
    expect([effective.sequence, base.backupId]).toEqual([14, 1])
    expect(warnings).toEqual([
      'The clock went back 1 time among these commits, and they are ordered by their sequences: 1 commit before the point bears a time after the target and is kept.',
    ])
  })

  test('must know every column family that the commits write to', () => {
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110), commit(12, 12, 120, { families: [0, 1] }), commit(13, 13, 130)],
    ])
    const all = [full(1, 10, { lastCommitAtUs: 100 }), full(2, 13, { lastCommitAtUs: 130 })]
    const bases = new WrittenBases({ 2: { columnFamilyIds: [0, 1] } })
    expect([11, 13].map((number) => planned(archive, all, sequence(number), { bases }).base.backupId)).toEqual([1, 2])
    expect(refused(archive, all, sequence(12), { bases })).toEqual({
      code: 'INSTANT_NOT_COVERED',
      message:
        'commits up to sequence 12 write to column family 1, made after backup 1, and a log does not say how a column family was made',
      nearest: [11, 13],
    })
  })

  test('may be one that another program made, once its logs have said where it ends', () => {
    const { archive, fulls } = plain()
    const foreign = (id: number, sequenceFloor: number) => full(id, 0, { lastSequence: null, sequenceFloor })
    const all = [...fulls, foreign(2, 12), foreign(3, 13), foreign(4, 15)]
    const databaseId = '99999999-0000-4000-8000-000000000000'
    const facts = { timelines: [{ id: '1', databaseId, parent: null, forkSequence: null, createdAtUs: 0 }] }
    const bases = new WrittenBases({
      2: { lastSequence: 13, databaseId },
      3: { lastSequence: 13, databaseId: 'another' },
      4: { lastSequence: 17 },
    })
    const { base, passedOver } = planned(archive, all, sequence(16), { bases, facts })
    expect([base.backupId, base.lastSequence]).toEqual([2, 13])
    expect(passedOver).toEqual([{ backupId: 3, reason: 'Another program made it, of another database (another).' }])
    expect(planned(archive, all, { kind: 'backup', backupId: 4 }, { bases, facts }).base).toMatchObject({
      backupId: 4,
      lastSequence: 17,
    })
  })

  test('is none in a repository without a full, with no file in the only one, or before the first one', () => {
    const { archive, fulls } = plain()
    expect(refused(archive, [], latest)).toMatchObject({ code: 'INSTANT_NOT_COVERED', nearest: [null, null] })
    expect(refused(new WrittenArchive(), [], latest).message).toBe(
      'timeline 1 has neither commits nor a full backup to go back to',
    )
    const bases = new WrittenBases({ 1: 'it has no files' })
    expect(refused(archive, fulls, sequence(12), { bases })).toEqual({
      code: 'INSTANT_NOT_COVERED',
      message:
        'no full backup can be restored whose state is not behind sequence 12 on timeline 1 (backup 1: It has no files.)',
      nearest: [null, null],
    })
    expect(refused(archive, fulls, time(99))).toEqual({
      code: 'INSTANT_NOT_COVERED',
      message: 'no full backup of timeline 1 has a state as old as 1970-01-01T00:00:00.000099Z',
      nearest: [null, 10],
    })
    expect(refused(archive, fulls, sequence(9))).toMatchObject({ nearest: [null, 10] })
    expect(refused(archive, fulls, justBefore(10))).toEqual({
      code: 'INSTANT_NOT_COVERED',
      message: 'the commit with sequence 10 is not archived: the archive does not reach back to it',
      nearest: [10, 12],
    })
  })

  test('of an empty database is its only state', () => {
    const empty = [full(1, 0, { createdAtUs: 50 })]
    expect(planned(new WrittenArchive(), empty, latest).effective).toEqual({
      sequence: 0,
      lastKept: null,
      firstDropped: null,
      proof: 'Sequence 0 is the last one that the repository knows of timeline 1. It is the state of the base itself.',
    })
    expect(cutOf(new WrittenArchive(), empty, time(50))).toBe(0)
    expect(cutOf(new WrittenArchive(), empty, time(49))).toBe('INSTANT_NOT_COVERED')
  })
})

describe('a hole in the archive', () => {
  const withHole = () => {
    const archive = new WrittenArchive().timeline(
      '1',
      [[commit(11, 12, 110)], [commit(17, 17, 150), commit(18, 19, 160)]],
      {
        gaps: [{ afterSequence: 12, beforeSequence: 17, reason: 'a log vanished before it was read' }],
      },
    )
    return { archive, fulls: [full(1, 10, { lastCommitAtUs: 100 })] }
  }
  const named = 'the archive lacks the commits between the sequences 12 and 17 (a log vanished before it was read)'

  test('refuses every point in it and behind it, with the nearest ones on both sides', () => {
    const { archive, fulls } = withHole()
    const message = `behind backup 1, ${named}`
    expect(refused(archive, fulls, sequence(17))).toEqual({ code: 'INSTANT_NOT_COVERED', message, nearest: [12, null] })
    const healed = [...fulls, full(2, 17, { lastCommitAtUs: 150 })]
    expect(refused(archive, healed, sequence(14))).toEqual({
      code: 'INSTANT_NOT_COVERED',
      message: `the commit with sequence 14 is not archived: ${named}`,
      nearest: [12, 17],
    })
    expect(planned(archive, healed, sequence(19)).base.backupId).toBe(2)
    expect(refused(archive, fulls, latest)).toEqual({ code: 'INSTANT_NOT_COVERED', message, nearest: [12, null] })
  })

  test('refuses a time that may lie in it, and no other', () => {
    const { archive, fulls } = withHole()
    const healed = [...fulls, full(2, 17, { lastCommitAtUs: 150 })]
    expect([109, 150, 159, 160].map((timeUs) => cutOf(archive, healed, time(timeUs)))).toEqual([10, 17, 17, 19])
    for (const timeUs of [110, 130, 149]) {
      expect(refused(archive, healed, time(timeUs))).toEqual({
        code: 'INSTANT_NOT_COVERED',
        message: `${named}, and whether they were made before 1970-01-01T00:00:00.000${timeUs}Z is not known`,
        nearest: [12, 17],
      })
    }
  })

  test('behind the point makes the loss larger than what can be counted, which is said', () => {
    const { archive, fulls } = withHole()
    const { loss, warnings } = planned(archive, fulls, sequence(12))
    expect(loss).toMatchObject({ commitCount: 2, lastSequence: 19 })
    expect(warnings).toEqual([`More was committed behind the point than can be counted: ${named}.`])
  })

  test('is where a segment is damaged, whether its name or only its commits say so', () => {
    const { archive, fulls } = plain()
    archive.damagedPaths.add(pathOf('1', 17))
    expect(cutOf(archive, fulls, sequence(16))).toBe(16)
    expect(refused(archive, fulls, sequence(17))).toMatchObject({ nearest: [16, null] })
    const damaged = [{ path: pathOf('1', 13), firstSequence: 13, problem: 'its index says nothing certain about it' }]
    const cut = new WrittenArchive().timeline('1', [[commit(11, 12, 110)], [commit(17, 17, 130)]], { damaged })
    expect(refused(cut, fulls, sequence(17)).message).toBe(
      `behind backup 1, the archive lacks the commits between the sequences 12 and 17 (${pathOf('1', 13)} is damaged: its index says nothing certain about it)`,
    )
  })
})

test('the last verification of an increment that failed is told when its commits are needed', () => {
  const { archive, fulls } = plain()
  const backups = [...fulls, increment(2, 11, 16, failed('wal: a byte')), increment(3, 17, 20, failed('wal: a bit'))]
  expect(planned(archive, backups, sequence(16)).warnings).toEqual([
    'The last verification of increment 2, whose commits are needed, failed: wal: a byte. Every byte is proved again while it is read.',
  ])
})

test('the digest of a plan is that of what decides it, not of what came later', () => {
  const { archive, fulls } = plain()
  const digest = (...order: Parameters<typeof plan>) => planned(...order).factsDigest
  const first = digest(archive, fulls, sequence(16))
  const grown = new WrittenArchive().timeline('1', [
    archive.commits.get(pathOf('1', 11))!,
    [...archive.commits.get(pathOf('1', 17))!, commit(21, 30, 200)],
  ])
  const later = [...fulls, full(2, 25), increment(3, 26, 30)]
  expect(digest(grown, later, sequence(16), { context: { nowUs: 77, measuredBytesPerSecond: 5 } })).toBe(first)
  expect(digest(archive, fulls, sequence(13))).not.toBe(first)
  expect(digest(archive, [full(2, 10)], sequence(16))).not.toBe(first)
  expect(digest(archive, fulls, sequence(16), { facts: { repositoryId: 'another' } })).not.toBe(first)
  const other = new WrittenArchive().timeline('1', [[commit(11, 16, 110)]])
  expect(digest(other, fulls, sequence(16))).not.toBe(first)
})
