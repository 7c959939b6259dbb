const SURROGATES_START = 0xd800
const SURROGATES_END = 0xe000

/** By code points, which is by UTF-8 bytes as the engine compares, and not by UTF-16 units. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0
  const common = Math.min(left.length, right.length)
  for (let index = 0; index < common; index += 1) {
    const leftUnit = left.charCodeAt(index)
    const rightUnit = right.charCodeAt(index)
    if (leftUnit !== rightUnit) return codePointRank(leftUnit) - codePointRank(rightUnit)
  }
  return left.length - right.length
}

/** Units of surrogate pairs stand for code points above all others. */
function codePointRank(unit: number): number {
  return unit >= SURROGATES_START && unit < SURROGATES_END ? unit + 0x10000 : unit
}
