import { copyMatch } from './match-copy.ts'

const MIN_MATCH_BYTES = 4
const noDictionary = new Uint8Array(0)

/**
 * Decodes one raw LZ4 block into `output`, which must be exactly the decoded size; matches may reach into
 * `dictionary`, which lies before the output. Returns null when it fits, else what is wrong. Never reads or writes
 * outside the arrays. LZ4: doc/lz4_Block_format.md
 */
export function decodeLz4(
  input: Uint8Array,
  start: number,
  output: Uint8Array,
  dictionary: Uint8Array = noDictionary,
): string | null {
  const end = input.length
  const size = output.length
  let from = start
  let to = 0
  while (from < end) {
    const token = input[from] as number
    from += 1
    let length = token >>> 4
    if (length === 15) {
      let byte = 255
      while (byte === 255) {
        if (from >= end) return 'literal length is cut'
        byte = input[from] as number
        from += 1
        length += byte
      }
    }
    if (from + length > end) return 'literal goes past the input'
    if (to + length > size) return 'output is longer than its size'
    if (length <= 16) for (let index = 0; index < length; index += 1) output[to + index] = input[from + index] as number
    else output.set(input.subarray(from, from + length), to)
    from += length
    to += length
    // a block ends with literals, never with a match
    if (from === end) return to === size ? null : 'output is shorter than its size'
    if (from + 2 > end) return 'match offset is cut'
    const offset = (input[from] as number) | ((input[from + 1] as number) << 8)
    from += 2
    let matchLength = (token & 15) + MIN_MATCH_BYTES
    if ((token & 15) === 15) {
      let byte = 255
      while (byte === 255) {
        if (from >= end) return 'match length is cut'
        byte = input[from] as number
        from += 1
        matchLength += byte
      }
    }
    if (offset === 0 || offset > to + dictionary.length) return 'match reaches before the output'
    if (to + matchLength > size) return 'output is longer than its size'
    if (offset > to) {
      const before = offset - to
      const count = Math.min(before, matchLength)
      const dictionaryAt = dictionary.length - before
      output.set(dictionary.subarray(dictionaryAt, dictionaryAt + count), to)
      to += count
      matchLength -= count
    }
    copyMatch(output, to - offset, to, matchLength)
    to += matchLength
  }
  return 'block ends after a match'
}
