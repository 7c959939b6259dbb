// Goal: what the demo's sandbox tells is read however it is cut, and nothing else is taken for an event.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { DemoEventReader } from '../../../src-main/core/demo-events.ts'

const events = [
  { event: 'listening', host: '127.0.0.1', port: 6390 },
  { event: 'demo', step: 'Making data · 50 %', doneCount: 1, totalCount: 2 },
  { event: 'demo-ready', accidentAtUs: 5, lastGoodSequence: 9, fullId: 1, incrementIds: [2, 3] },
]
const text = `${events.map((event) => JSON.stringify(event)).join('\n')}\n`

test('events are read from chunks of any size', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 20 }), (cuts) => {
      const places = [0, ...cuts.toSorted((left, right) => left - right), text.length]
      const reader = new DemoEventReader()
      const read = places.slice(1).flatMap((end, index) => reader.push(text.slice(places[index], end)))
      expect(read).toEqual(events)
    }),
    { verbose: true },
  )
})

test.each([
  ['text', 'hello'],
  ['an unknown event', '{"event":"other"}'],
  ['a port that is none', '{"event":"listening","host":"h","port":0}'],
  ['a count that is none', '{"event":"demo","step":"s","doneCount":-1,"totalCount":2}'],
  ['nothing', 'null'],
])('%s is passed over', (_what, line) => {
  expect(new DemoEventReader().push(`${line}\n${JSON.stringify(events[0])}\n`)).toEqual([events[0]])
})

test('a line without an end does not grow', () => {
  const reader = new DemoEventReader()
  const chunk = 'x'.repeat(limits.demoLineCharactersMax)
  for (let count = 0; count < 1000; count += 1) expect(reader.push(chunk)).toEqual([])
  expect(reader.push(`\n${text}`)).toEqual(events)
})
