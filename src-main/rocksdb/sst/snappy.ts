import { fixed32At } from '../little-endian.ts'
import { copyMatch } from './match-copy.ts'

/**
 * Decodes the elements of one raw Snappy block, after its length preamble, into `output`, which must be exactly the
 * decoded size. Returns null when it fits, else what is wrong. Never reads or writes outside the two arrays.
 * Snappy: format_description.txt
 */
export function decodeSnappy(input: Uint8Array, start: number, output: Uint8Array): string | null {
  const end = input.length
  const size = output.length
  let from = start
  let to = 0
  while (from < end) {
    const tag = input[from] as number
    from += 1
    let length = (tag >>> 2) + 1
    if ((tag & 3) === 0) {
      if (length > 60) {
        const count = length - 60
        if (from + count > end) return 'literal length is cut'
        length = 0
        for (let index = count - 1; index >= 0; index -= 1) length = length * 256 + (input[from + index] as number)
        length += 1
        from += count
      }
      if (from + length > end) return 'literal goes past the input'
      if (to + length > size) return 'output is longer than its size'
      if (length <= 16)
        for (let index = 0; index < length; index += 1) output[to + index] = input[from + index] as number
      else output.set(input.subarray(from, from + length), to)
      from += length
      to += length
      continue
    }
    let offset: number
    if ((tag & 3) === 1) {
      if (from + 1 > end) return 'copy is cut'
      length = ((tag >>> 2) & 7) + 4
      offset = ((tag >>> 5) << 8) | (input[from] as number)
      from += 1
    } else if ((tag & 3) === 2) {
      if (from + 2 > end) return 'copy is cut'
      offset = (input[from] as number) | ((input[from + 1] as number) << 8)
      from += 2
    } else {
      if (from + 4 > end) return 'copy is cut'
      offset = fixed32At(input, from)
      from += 4
    }
    if (offset === 0 || offset > to) return 'copy reaches before the output'
    if (to + length > size) return 'output is longer than its size'
    copyMatch(output, to - offset, to, length)
    to += length
  }
  return to === size ? null : 'output is shorter than its size'
}
