import { expect, test } from 'vitest'
import { Outbox } from '../../../src-main/resp/outbox.ts'

function outbox() {
  const written: { bytes: Uint8Array; sent: () => void }[] = []
  const clock = { nowUs: 0 }
  const box = new Outbox({ write: (bytes, sent) => written.push({ bytes, sent }), monotonicUs: () => clock.nowUs })
  const sendNext = () => written.shift()!.sent()
  return { box, written, clock, sendNext }
}

test('bytes come out in order, in pieces of at most 128 KiB, two at a time', () => {
  const { box, written } = outbox()
  const chunks = [1, 70_000, 300_000, 5, 5, 5].map((length, index) => new Uint8Array(length).fill(index + 1))
  for (const chunk of chunks) box.push(chunk)
  const out: Uint8Array[] = []
  while (written.length > 0) {
    expect(written.length).toBeLessThanOrEqual(2)
    const next = written.shift()!
    out.push(next.bytes)
    next.sent()
  }
  expect(Math.max(...out.map((piece) => piece.length))).toBeLessThanOrEqual(128 * 1024)
  expect(Buffer.concat(out).equals(Buffer.concat(chunks))).toBe(true)
  expect(box.unsentBytes).toBe(0)
})

test('short replies that wait leave together', () => {
  const { box, written } = outbox()
  for (let index = 0; index < 1000; index += 1) box.push(Buffer.from('+PONG\r\n'))
  written.shift()!.sent()
  expect(written.map(({ bytes }) => bytes.length)).toEqual([7, 998 * 7])
})

test('it waits until enough was sent', async () => {
  const { box, sendNext } = outbox()
  box.push(new Uint8Array(100_000))
  box.push(new Uint8Array(100_000))
  const events: string[] = []
  const waits = [200_000, 100_000, 0].map((bytes) => box.whenAtMost(bytes).then(() => events.push(`${bytes}`)))
  await waits[0]
  events.push('one sent')
  sendNext()
  await waits[1]
  events.push('all sent')
  sendNext()
  await waits[2]
  expect(events).toEqual(['200000', 'one sent', '100000', 'all sent', '0'])
})

test('it stalls from the last piece that left', () => {
  const { box, clock, sendNext } = outbox()
  clock.nowUs = 5
  expect(box.stalledSinceUs).toBeNull()
  box.push(new Uint8Array(200_000))
  clock.nowUs = 9
  expect(box.stalledSinceUs).toBe(5)
  sendNext()
  expect(box.stalledSinceUs).toBe(9)
  sendNext()
  expect(box.stalledSinceUs).toBeNull()
})

test('when it is stopped nobody waits and nothing is kept', async () => {
  const { box, sendNext } = outbox()
  box.push(new Uint8Array(1_000_000))
  const wait = box.whenAtMost(0)
  box.stop()
  await wait
  sendNext()
  box.push(new Uint8Array(10))
  expect([box.unsentBytes, box.stalledSinceUs]).toEqual([0, null])
})

test('a large chunk is not copied, whatever waits before it', () => {
  const { box, written, sendNext } = outbox()
  const large = new Uint8Array(256 * 1024)
  for (const chunk of [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3), large]) box.push(chunk)
  sendNext()
  sendNext()
  expect(written.map(({ bytes }) => [bytes.length, bytes.buffer === large.buffer])).toEqual([
    [1, false],
    [128 * 1024, true],
  ])
})
