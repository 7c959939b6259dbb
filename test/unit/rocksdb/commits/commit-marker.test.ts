import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ARRIVAL_DATA_BYTES,
  arrivalTimeAt,
  arrivalUncertaintyAt,
  COMMIT_MARKER_KEY,
  commitTimeOf,
  encodeCommitMarker,
  isArrivalMark,
  writeArrivalMark,
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

test('a mark of arrival gives back its time and uncertainty, the largest where it does not fit', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.nat(9), (timeUs, uncertaintyUs, at) => {
      const bytes = new Uint8Array(at + ARRIVAL_DATA_BYTES + 3)
      writeArrivalMark(bytes, at, timeUs, uncertaintyUs)
      const told = [
        isArrivalMark(bytes, at, at + ARRIVAL_DATA_BYTES),
        isArrivalMark(bytes, at, at + ARRIVAL_DATA_BYTES + 1),
        arrivalTimeAt(bytes, at),
        arrivalUncertaintyAt(bytes, at),
      ]
      expect(told).toEqual([true, false, timeUs, Math.min(uncertaintyUs, 0xffff_ffff)])
    }),
  )
})

test('a mark of arrival has the bytes that the format document shows', () => {
  const bytes = new Uint8Array(ARRIVAL_DATA_BYTES)
  writeArrivalMark(bytes, 0, 1_700_000_000_000_000, 1500)
  expect([
    Buffer.from(bytes.subarray(0, 16)).toString('latin1'),
    Buffer.from(bytes.subarray(16)).toString('hex'),
  ]).toEqual(['lifeboat.arrived', '00401e18240a0600dc050000'])
})

test('another name and a number that is no safe integer are no mark of arrival', () => {
  const bytes = new Uint8Array(ARRIVAL_DATA_BYTES)
  writeArrivalMark(bytes, 0, 5, 6)
  const changed = (at: number) => {
    const copy = Uint8Array.from(bytes)
    copy[at] = 0xff
    return isArrivalMark(copy, 0, copy.length)
  }
  expect([changed(0), changed(15), changed(23), changed(27)]).toEqual([false, false, false, true])
})
