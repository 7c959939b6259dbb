import { valueType } from '../value-type.ts'

/** Sequence and type at the end of every internal key. */
export const internalKeyFooterBytes = 8

const pointTypes: readonly number[] = [
  valueType.deletion,
  valueType.value,
  valueType.merge,
  valueType.singleDeletion,
  valueType.blobIndex,
  valueType.deletionWithTimestamp,
  valueType.wideColumnEntity,
  valueType.valueWithPreferredSequence,
]

const isPointTypeByByte = new Uint8Array(256)
for (const type of pointTypes) isPointTypeByByte[type] = 1

/** True for the types a data block may hold. */
export function isPointType(type: number): boolean {
  return isPointTypeByByte[type] === 1
}

/** The sequence in the footer that starts at `at`: 56 bits, which may be more than a safe integer. */
export function sequenceAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8) | ((bytes[at + 3] as number) << 16)
  const high =
    ((bytes[at + 4] as number) |
      ((bytes[at + 5] as number) << 8) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 24)) >>>
    0
  return high * 0x100_0000 + low
}
