import { DamageError } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { binaryMutations } from '../../../support/fuzz/mutations.ts'
import type { Answer, Files, Target } from '../../../support/fuzz/target.ts'

const MIB = 1024 * 1024
const BYTES = new Uint8Array(Buffer.from('seven bytes and some more of them'))
const kept: unknown[] = []

/** Decoders with one planted fault each: the checks of the cases must see them all. */
function broken(name: string, read: (bytes: Uint8Array) => Answer): Target {
  return {
    name,
    group: 'broken',
    cases: 1,
    inputs: () => [{ name: 'planted', files: new Map([['planted', BYTES]]) }],
    mutations: () => binaryMutations.filter((mutation) => mutation.name === 'one bit flipped'),
    read(files: Files) {
      kept.length = 0
      const bytes = files.get('planted')!
      // the original is read right: it is the measure
      return bytes === BYTES ? answer('a', 'b') : read(bytes)
    },
    guarantee: () => 'whole',
  }
}

function answer(...items: string[]): Answer {
  return { items, damages: [] }
}

function damaged(file: string, offsetBytes: number, problem = 'is wrong'): never {
  throw new DamageError({ file, offsetBytes, structure: 'row', problem, expected: null, found: null })
}

export const targets: readonly Target[] = [
  broken('type-error', (bytes) => answer((bytes as unknown as { text: string }).text.trim())),
  broken('range-error', () => answer('a'.repeat(-1))),
  broken('array-100-mib', () => answer(String.fromCharCode(97 + new Uint8Array(100 * MIB)[0]!), 'b')),
  broken('buffer-100-mib', () => answer('a', String.fromCharCode(98 + Buffer.alloc(100 * MIB)[0]!))),
  broken('many-arrays', () => {
    const parts = Array.from({ length: 25 }, () => new Uint8Array(4 * MIB))
    return answer('a', parts.length === 25 ? 'b' : '')
  }),
  broken('heap-that-stays', () => {
    kept.push(new Array(10_000_000).fill(0.5))
    return answer('a', 'b')
  }),
  broken('whole-heap', () => {
    for (;;) kept.push(new Array(1_000_000).fill(0.5))
  }),
  broken('invented-row', () => answer('a', 'b', 'c')),
  broken('row-twice', () => answer('a', 'b', 'b')),
  broken('row-lost', () => answer('a')),
  broken('damage-outside', (bytes) => damaged('planted', bytes.length + 1)),
  broken('damage-elsewhere', () => damaged('another', 0)),
  broken('damage-unsaid', () => damaged('planted', 0, `is ${undefined}`)),
  broken('slow', () => {
    const startedAt = performance.now()
    while (performance.now() - startedAt < 230) memorySource('planted', BYTES)
    return answer('a', 'b')
  }),
  broken('endless', () => {
    for (;;) memorySource('planted', BYTES)
  }),
  broken('right', () => answer('a', 'b')),
  broken('refusing', () => damaged('planted', 0)),
  // garbage of many short-lived arrays is not memory that is held
  broken('many-one-after-another', () => {
    let sum = 0
    for (let index = 0; index < 25; index += 1) sum += new Uint8Array(3 * MIB)[0]!
    return answer('a', sum === 0 ? 'b' : '')
  }),
]
