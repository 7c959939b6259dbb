const NATIVE_COPY_BYTES = 64

/**
 * Copies `length` bytes inside `output` from `from` to `to`, byte after byte, so that an overlap repeats the
 * pattern as LZ77 wants. The caller has checked both ranges.
 */
export function copyMatch(output: Uint8Array, from: number, to: number, length: number): void {
  if (length < NATIVE_COPY_BYTES) {
    for (let index = 0; index < length; index += 1) output[to + index] = output[from + index] as number
    return
  }
  let done = 0
  // each round copies what exists already, so a short pattern doubles and the number of calls stays small
  while (done < length) {
    const step = Math.min(to + done - from, length - done)
    output.copyWithin(to + done, from, from + step)
    done += step
  }
}
