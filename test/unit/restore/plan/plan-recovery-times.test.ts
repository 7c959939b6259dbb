// Goal: clocks and forks do not mislead a plan: commits are ordered by their sequences, on the timeline that is asked for. Method:
// histories written by hand, the edge cases one by one.
import { describe, expect, test } from 'vitest'
import {
  commit,
  full,
  increment,
  justBefore,
  latest,
  pathOf,
  plain,
  planned,
  refused,
  sequence,
  time,
  told,
  WrittenArchive,
} from './written-history.ts'

describe('a time behind the last commit', () => {
  test('is known to hold nothing more where a backup that was made later ends with the same commit', () => {
    const { archive, fulls } = plain()
    const later = [...fulls, increment(2, 11, 20, { createdAtUs: 100_000_000 })]
    const { effective, warnings } = planned(archive, later, time(1000))
    expect(effective).toMatchObject({
      sequence: 20,
      firstDropped: null,
      proof: expect.stringMatching(
        /^Backup 2, made at .*, ends with the same commit, sequence 20: nothing else had been committed\./,
      ),
    })
    expect(warnings).toEqual([])
    expect(planned(archive, later, time(99_000_000)).warnings).toEqual([
      'Backup 2 was made at 1970-01-01T00:01:40.000000Z; its state is from a moment before, and commits of that moment would not be known.',
    ])
  })

  test('is planned with a warning until when the commits are known, where nothing proves more', () => {
    const { archive, fulls } = plain()
    expect(planned(archive, fulls, time(140))).toMatchObject({
      effective: { proof: expect.stringMatching(/^The last commit that is known was made at the target itself\./) },
      warnings: [],
    })
    const { effective, warnings } = planned(archive, fulls, time(1000), { facts: { writerSeenAtUs: 900 } })
    expect(effective.sequence).toBe(20)
    expect(warnings).toEqual([
      'The commits are known until 1970-01-01T00:00:00.000140Z; nothing proves that none was made after that, up to 1970-01-01T00:00:00.001000Z. The program that archives said at 1970-01-01T00:00:00.000900Z that it was alive, which does not prove that it had read everything.',
    ])
  })

  test('is refused as a sequence', () => {
    const { archive, fulls } = plain()
    for (const target of [sequence(21), justBefore(21)]) {
      expect(refused(archive, fulls, target)).toEqual({
        code: 'INSTANT_NOT_COVERED',
        message: 'what is known of timeline 1 ends with sequence 20; sequence 21 is behind it',
        nearest: [20, null],
      })
    }
  })
})

describe('clocks that go back', () => {
  test('order nothing: the first commit after the target ends what is kept, and both kinds of strays are counted', () => {
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110), commit(12, 12, 150), commit(13, 13, 120)],
      [commit(14, 14, 130), commit(15, 15, 160)],
    ])
    const fulls = [full(1, 10, { lastCommitAtUs: 100 })]
    const { effective, warnings } = planned(archive, fulls, time(140))
    expect(effective.sequence).toBe(11)
    expect(warnings).toEqual([
      'The clock went back 1 time among these commits, and they are ordered by their sequences: 2 commits behind the point bear times before the target and are dropped.',
    ])
    expect(planned(archive, fulls, time(105)).warnings).toEqual([
      'The clock went back 1 time among these commits, and they are ordered by their sequences: which changes nothing about this point.',
    ])
  })

  test('between backups are told too', () => {
    const archive = new WrittenArchive().timeline('1', [[commit(11, 11, 120)]])
    const fulls = [full(1, 5, { lastCommitAtUs: 500 }), full(2, 10, { lastCommitAtUs: 100 })]
    expect(planned(archive, fulls, time(110))).toMatchObject({
      effective: { sequence: 10 },
      warnings: [
        'The last commit of the older backup 1 bears a time after the target, that of backup 2 does not: the clock went back between them. What is kept is decided by the order of the commits.',
      ],
    })
  })

  test('and times that nobody wrote: a commit without one goes with the one before it', () => {
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110), commit(12, 12, null), commit(13, 13, null), commit(14, 14, 150)],
    ])
    const { effective, warnings } = planned(archive, [full(1, 10, { lastCommitAtUs: 100 })], time(120))
    expect(effective.sequence).toBe(13)
    expect(warnings).toEqual([
      '2 commits between the base and the point have no time, and count as made with the one before.',
    ])
  })

  test('and times of arrival: how far they may be off is told of the commits on both sides', () => {
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110, { uncertaintyUs: 7 }), commit(12, 12, 150, { uncertaintyUs: 30 })],
    ])
    const fulls = [full(1, 10, { lastCommitAtUs: 100 })]
    const kept =
      'The time of the last commit that is kept is that of its arrival in the archive; it was made up to 7 µs before.'
    expect(planned(archive, fulls, time(119)).warnings).toEqual([kept])
    expect(planned(archive, fulls, time(120)).warnings).toEqual([
      'The first commit that is dropped, sequence 12, arrived in the archive at 1970-01-01T00:00:00.000150Z; it was made up to 30 µs before, perhaps before the target.',
      kept,
    ])
  })

  test('and commits that use up no sequence change nothing', () => {
    const archive = new WrittenArchive().timeline('1', [
      [commit(11, 11, 110), commit(12, 11, 115), commit(12, 12, 120)],
    ])
    const { effective, tail, loss } = planned(archive, [full(1, 10, { lastCommitAtUs: 100 })], time(112))
    expect([effective.sequence, effective.firstDropped?.lastSequence, tail.commitCount, loss.commitCount]).toEqual([
      11, 12, 1, 1,
    ])
  })
})

describe('a timeline that forked', () => {
  const forked = () => {
    const archive = new WrittenArchive()
      .timeline('1', [[commit(11, 12, 110), commit(13, 13, 120)], [commit(14, 16, 130)]])
      .timeline('2', [[commit(14, 14, 200), commit(15, 15, 210)]])
    const timelines = [
      { id: '1', databaseId: null, parent: null, forkSequence: null, createdAtUs: 0 },
      { id: '2', databaseId: null, parent: '1', forkSequence: 13, createdAtUs: 190 },
    ]
    return { archive, fulls: [full(1, 10, { lastCommitAtUs: 100 })], facts: { timelines, currentTimeline: '2' } }
  }

  test('goes on from its parent up to the fork', () => {
    const { archive, fulls, facts } = forked()
    const { effective, segments, tail, loss, timeline } = planned(archive, fulls, sequence(14), { facts })
    expect({
      sequence: effective.sequence,
      dropped: effective.firstDropped,
      tail,
      timeline,
      lost: loss.commitCount,
    }).toEqual({
      sequence: 14,
      dropped: told(commit(15, 15, 210)),
      tail: { commitCount: 3, sizeBytes: 40 },
      timeline: '2',
      lost: 1,
    })
    expect(segments.map(({ path, firstSequence, lastSequence }) => [path, firstSequence, lastSequence])).toEqual([
      [pathOf('1', 11), 11, 13],
      [pathOf('2', 14), 14, 15],
    ])
    expect(planned(archive, fulls, time(205), { facts }).effective.sequence).toBe(14)
    expect(planned(archive, fulls, sequence(12), { facts }).warnings).toEqual([
      'The point lies on timeline 1, which timeline 2 forked from at sequence 13.',
    ])
  })

  test('leaves its parent as it was', () => {
    const { archive, fulls, facts } = forked()
    const { effective, warnings } = planned(archive, fulls, latest, { facts, timeline: '1' })
    expect(effective.sequence).toBe(16)
    expect(warnings).toEqual([
      'This is timeline 1; the database is on timeline 2 now.',
      'Timeline 2 forked from this one at sequence 13, before the point.',
    ])
  })

  test('is that of a backup, unless another one is asked for', () => {
    const { archive, fulls, facts } = forked()
    const backups = [...fulls, increment(2, 11, 16), increment(3, 14, 15, { timeline: '2' })]
    const target = (backupId: number) => ({ kind: 'backup' as const, backupId })
    expect(planned(archive, backups, target(2), { facts }).timeline).toBe('1')
    expect(planned(archive, backups, target(3), { facts }).timeline).toBe('2')
    expect(planned(archive, backups, target(1), { facts, timeline: '2' }).timeline).toBe('2')
    expect(refused(archive, backups, target(2), { facts, timeline: '2' })).toMatchObject({
      code: 'BAD_REQUEST',
      message: 'backup 2 is on timeline 1, and its state is not one of timeline 2',
    })
    expect(refused(archive, backups, latest, { facts, timeline: '5' })).toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('must be named where it is not known which one is current', () => {
    const { archive, fulls } = forked()
    const facts = { timelines: [], currentTimeline: null, problems: ['timelines.json: the checksum does not match'] }
    expect(refused(archive, fulls, latest, { facts })).toMatchObject({ code: 'DAMAGED' })
    expect(planned(archive, fulls, latest, { facts, timeline: '1' }).warnings).toEqual([
      'Something in the repository is damaged: timelines.json: the checksum does not match.',
    ])
  })
})
