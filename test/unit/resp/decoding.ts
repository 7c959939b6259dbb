import { RequestDecoder } from '../../../src-main/resp/request-decoder.ts'
import type { RequestLimits } from '../../../src-main/resp/request-limits.ts'
import type { Understood } from './reference-decoder.ts'

/** A command as a client library sends it. */
export function frame(words: readonly (string | Uint8Array)[]): Buffer {
  const parts = words.flatMap((word) => {
    const bytes = typeof word === 'string' ? Buffer.from(word, 'latin1') : Buffer.from(word)
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]
  })
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts])
}

/** All pieces through one decoder, each decoded as far as it goes. */
export function decodePieces(pieces: readonly Uint8Array[], limits?: RequestLimits): Understood {
  const decoder = new RequestDecoder(limits)
  const commands: string[][] = []
  for (const piece of pieces) {
    decoder.push(piece)
    for (;;) {
      const decoded = decoder.next()
      if (decoded.kind === 'protocol-error') return { commands, end: 'protocol-error' }
      if (decoded.kind === 'incomplete') break
      commands.push(decoded.args.map((argument) => Buffer.from(argument).toString('latin1')))
    }
  }
  return { commands, end: 'incomplete' }
}

/** @param places where to cut, in any order */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((left, right) => left - right)
  return [0, ...sorted].map((start, index) => bytes.slice(start, sorted[index] ?? bytes.length))
}
