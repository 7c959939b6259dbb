// Goal: commits come back as they were written, however group commit merged them. Method: random commits with
// operations of every kind are packed into random records of one log, with markers of both forms.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batch, familyRecord, logOf } from '../log-writer.ts'
import { commitsOf, line, markerLogData, markerPut } from './walk.ts'

const TAGS = { p: 0x05, d: 0x04, r: 0x0e, m: 0x06 } as const
type Kind = keyof typeof TAGS

const operation = fc.record({
  kind: fc.constantFrom<Kind>('p', 'd', 'r', 'm'),
  family: fc.integer({ min: 0, max: 200 }),
  key: fc.string({ maxLength: 12, unit: 'binary-ascii' }),
  value: fc.string({ maxLength: 300, unit: 'binary-ascii' }),
})
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never

const commit = fc.record({
  operations: fc.array(operation, { maxLength: 8 }),
  timeUs: fc.maxSafeNat(),
  isLogData: fc.boolean(),
  isLastOfRecord: fc.boolean(),
})

function recordOf({ kind, family, key, value }: Operation): Buffer {
  return kind === 'd' ? familyRecord(TAGS.d, family, key) : familyRecord(TAGS[kind], family, key, value)
}

/** What `line` says of the operations. */
function familiesLine(operations: readonly Operation[]): string {
  const families = [...new Set(operations.map(({ family }) => family))]
  const kinds = Object.keys(TAGS) as Kind[]
  return families
    .map((family) => {
      const counts = kinds.map(
        (kind) => operations.filter((each) => each.family === family && each.kind === kind).length,
      )
      return `${family}:${kinds.flatMap((kind, index) => (counts[index] === 0 ? [] : [`${counts[index]}${kind}`])).join('')}`
    })
    .join(' ')
}

test('random commits in random records are told apart, with their numbers, times and counts', () => {
  const property = fc.property(fc.array(commit, { minLength: 1, maxLength: 30 }), (commits) => {
    const payloads: Buffer[] = []
    const expected: string[] = []
    let sequence = 1
    let recordStart = 1
    let records: Buffer[] = []
    for (const [index, { operations, timeUs, isLogData, isLastOfRecord }] of commits.entries()) {
      const first = sequence
      records.push(isLogData ? markerLogData(timeUs) : markerPut(timeUs, index % 3), ...operations.map(recordOf))
      sequence += operations.length + (isLogData ? 0 : 1)
      expected.push(`[${first}-${sequence - 1}] ${familiesLine(operations)} @${timeUs}`)
      if (!isLastOfRecord && index < commits.length - 1) continue
      payloads.push(batch(recordStart, sequence - recordStart, ...records))
      records = []
      recordStart = sequence
    }
    const walk = commitsOf([logOf(payloads)], { lastSequenceBefore: 0 })
    expect(walk.commits.map(line)).toEqual(expected)
    const sizes = walk.commits.reduce((sum, each) => sum + each.sizeBytes, 0)
    expect([sizes, walk.commits.filter((each) => each.isLastOfRecord).length, walk.result.gaps]).toEqual([
      payloads.reduce((sum, payload) => sum + payload.length, 0),
      payloads.length,
      [],
    ])
  })
  fc.assert(property)
})
