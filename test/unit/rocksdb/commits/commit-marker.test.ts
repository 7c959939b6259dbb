import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  COMMIT_MARKER_KEY,
  commitTimeOf,
  encodeCommitMarker,
} from '../../../../src-main/rocksdb/commits/commit-marker.ts'
import { bytesOf } from '../fixtures.ts'

test('a marker gives back its time', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (timeUs) => {
      const { key, value } = encodeCommitMarker(timeUs)
      expect(commitTimeOf(key, value)).toBe(timeUs)
    }),
  )
})

test('a marker has the bytes that the format document shows', () => {
  const { key, value } = encodeCommitMarker(1_700_000_000_000_000)
  expect([Buffer.from(key).toString('latin1'), Buffer.from(value).toString('hex')]).toEqual([
    'lifeboat.commit',
    '00401e18240a0600',
  ])
})

test('another key, another length and a number that is no safe integer are no marker', () => {
  const value = new Uint8Array(8)
  const times = [
    commitTimeOf(bytesOf('lifeboat.commis'), value),
    commitTimeOf(bytesOf('lifeboat.commit2'), value),
    commitTimeOf(bytesOf('lifeboat.commi'), value),
    commitTimeOf(COMMIT_MARKER_KEY, new Uint8Array(7)),
    commitTimeOf(COMMIT_MARKER_KEY, new Uint8Array(9)),
    commitTimeOf(COMMIT_MARKER_KEY, new Uint8Array(8).fill(0xff)),
    commitTimeOf(COMMIT_MARKER_KEY, Uint8Array.of(0, 0, 0, 0, 0, 0, 0x20, 0)),
  ]
  expect(times).toEqual([null, null, null, null, null, null, null])
})
