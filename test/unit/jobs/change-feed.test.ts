// Goal: a subscriber knows the newest state of everything, and never gets a backlog.
import { expect, test } from 'vitest'
import { ChangeFeed } from '../../../src-main/jobs/change-feed.ts'

test('the snapshot comes first, then each change; nothing between the two is lost', async () => {
  const feed = new ChangeFeed<string, string>()
  const changes = feed.watch(() => {
    // what happens while the snapshot is taken is told behind it
    feed.publish('a', 'a1')
    return 'snapshot'
  }, undefined)
  feed.publish('b', 'before anybody listens')
  expect((await changes.next()).value).toBe('snapshot')
  expect((await changes.next()).value).toBe('a1')
  const waiting = changes.next()
  feed.publish('b', 'b1')
  expect((await waiting).value).toBe('b1')
})

test('who reads slowly gets the last state of each thing once', async () => {
  const feed = new ChangeFeed<string, string>()
  const changes = feed.watch(() => 'snapshot', undefined)
  await changes.next()
  for (let count = 1; count <= 1000; count += 1) {
    feed.publish('a', `a${count}`)
    if (count === 500) feed.publish('b', 'b')
  }
  const seen = [(await changes.next()).value, (await changes.next()).value]
  feed.publish('c', 'c')
  seen.push((await changes.next()).value)
  expect(seen).toEqual(['a1000', 'b', 'c'])
})

test('subscribers do not share what they have read', async () => {
  const feed = new ChangeFeed<string, string>()
  const fast = feed.watch(() => 'snapshot', undefined)
  const slow = feed.watch(() => 'snapshot', undefined)
  await fast.next()
  await slow.next()
  feed.publish('a', 'a1')
  expect((await fast.next()).value).toBe('a1')
  feed.publish('a', 'a2')
  expect([(await fast.next()).value, (await slow.next()).value]).toEqual(['a2', 'a2'])
})

test('an abort ends the feed while it waits, and frees its place', async () => {
  const feed = new ChangeFeed<string, string>()
  const abort = new AbortController()
  const changes = feed.watch(() => 'snapshot', abort.signal)
  await changes.next()
  const waiting = changes.next()
  expect(feed.subscriberCount).toBe(1)
  abort.abort()
  expect([await waiting, feed.subscriberCount]).toEqual([{ value: undefined, done: true }, 0])
  feed.publish('a', 'nobody hears it')
})

test('leaving the loop frees the place', async () => {
  const feed = new ChangeFeed<string, string>()
  for await (const value of feed.watch(() => 'snapshot', undefined)) {
    expect([value, feed.subscriberCount]).toEqual(['snapshot', 1])
    break
  }
  expect(feed.subscriberCount).toBe(0)
})
