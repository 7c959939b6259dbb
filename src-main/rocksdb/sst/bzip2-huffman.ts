import { Bzip2Error, type Bzip2Input } from './bzip2-input.ts'

const CODE_BITS_MAX = 20
const SYMBOLS_PER_GROUP = 50
const TABLES_MIN = 2
const TABLES_MAX = 6

type HuffmanTable = {
  readonly shortest: number
  readonly longest: number
  /** by code length: the largest code, and what to subtract from a code to find its place in `symbols` */
  readonly limit: Int32Array
  readonly base: Int32Array
  readonly symbols: Uint16Array
}

/** The symbols of one bzip2 block: Huffman tables that change every 50 symbols. */
export class Bzip2Symbols {
  readonly #input: Bzip2Input
  readonly #selectors: Uint8Array
  readonly #tables: readonly HuffmanTable[]
  #table: HuffmanTable | undefined
  #group = 0
  #left = 0

  constructor(input: Bzip2Input, symbolCount: number) {
    this.#input = input
    const tableCount = input.bits(3)
    if (tableCount < TABLES_MIN || tableCount > TABLES_MAX) throw new Bzip2Error('number of Huffman tables is wrong')
    this.#selectors = readSelectors(input, tableCount)
    this.#tables = Array.from({ length: tableCount }, () => readTable(input, symbolCount))
  }

  next(): number {
    if (this.#left === 0) {
      const selector = this.#selectors[this.#group]
      if (selector === undefined) throw new Bzip2Error('more symbols than selectors')
      this.#table = this.#tables[selector]
      this.#group += 1
      this.#left = SYMBOLS_PER_GROUP
    }
    this.#left -= 1
    const table = this.#table as HuffmanTable
    let length = table.shortest
    let code = this.#input.bits(length)
    while (code > (table.limit[length] as number)) {
      length += 1
      if (length > table.longest) throw new Bzip2Error('Huffman code does not exist')
      code = (code << 1) | this.#input.bits(1)
    }
    const symbol = table.symbols[code - (table.base[length] as number)]
    if (symbol === undefined) throw new Bzip2Error('Huffman code does not exist')
    return symbol
  }
}

function readSelectors(input: Bzip2Input, tableCount: number): Uint8Array {
  const selectors = new Uint8Array(input.bits(15))
  const order = [0, 1, 2, 3, 4, 5].slice(0, tableCount)
  for (let index = 0; index < selectors.length; index += 1) {
    let rank = 0
    while (input.bits(1) === 1) {
      rank += 1
      if (rank >= tableCount) throw new Bzip2Error('selector names no table')
    }
    const [selected] = order.splice(rank, 1)
    order.unshift(selected as number)
    selectors[index] = selected as number
  }
  return selectors
}

function readTable(input: Bzip2Input, symbolCount: number): HuffmanTable {
  const lengths = new Uint8Array(symbolCount)
  let length = input.bits(5)
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    while (true) {
      if (length < 1 || length > CODE_BITS_MAX) throw new Bzip2Error('Huffman code length is wrong')
      if (input.bits(1) === 0) break
      length += input.bits(1) === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  return buildTable(lengths)
}

function buildTable(lengths: Uint8Array): HuffmanTable {
  const shortest = Math.min(...lengths)
  const longest = Math.max(...lengths)
  const limit = new Int32Array(CODE_BITS_MAX + 1).fill(-1)
  const base = new Int32Array(CODE_BITS_MAX + 1)
  const symbols = new Uint16Array(lengths.length)
  let code = 0
  let placed = 0
  for (let length = shortest; length <= longest; length += 1) {
    base[length] = code - placed
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== length) continue
      symbols[placed] = symbol
      placed += 1
      code += 1
    }
    limit[length] = code - 1
    code <<= 1
  }
  return { shortest, longest, limit, base, symbols }
}
