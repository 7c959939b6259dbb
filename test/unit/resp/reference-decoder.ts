import { splitInline } from '../../../src-main/resp/inline-arguments.ts'
import type { RequestLimits } from '../../../src-main/resp/request-limits.ts'

export type Understood = { readonly commands: readonly string[][]; readonly end: 'incomplete' | 'protocol-error' }

/** The protocol written down as plainly as can be, over all bytes at once: what the decoder is compared with. */
export function decodePlainly(bytes: Uint8Array, limits: RequestLimits): Understood {
  const text = Buffer.from(bytes).toString('latin1')
  const commands: string[][] = []
  let at = 0
  const end = (kind: Understood['end']): Understood => ({ commands, end: kind })
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at)
    if (text[at] !== '*') {
      const lineBytes = (lineEnd < 0 ? text.length : lineEnd) - at
      if (lineBytes > limits.inlineBytesMax) return end('protocol-error')
      if (lineEnd < 0) return end('incomplete')
      const words = splitInline(bytes.subarray(at, lineEnd))
      if (words === null || words.length > limits.argumentsMax) return end('protocol-error')
      if (words.length > 0) commands.push(words.map((word) => Buffer.from(word).toString('latin1')))
      at = lineEnd + 1
      continue
    }
    const head = readLength(text, at)
    if (typeof head === 'string') return end(head)
    if (head.value > limits.argumentsMax) return end('protocol-error')
    at = head.next
    const args: string[] = []
    while (args.length < head.value) {
      if (at >= text.length) return end('incomplete')
      if (text[at] !== '$') return end('protocol-error')
      const bulk = readLength(text, at)
      if (typeof bulk === 'string') return end(bulk)
      if (bulk.value < 0 || bulk.value > limits.bulkBytesMax) return end('protocol-error')
      if (text.length < bulk.next + bulk.value + 2) return end('incomplete')
      at = bulk.next + bulk.value + 2
      if (text.slice(at - 2, at) !== '\r\n') return end('protocol-error')
      args.push(text.slice(bulk.next, at - 2))
    }
    if (args.length > 0) commands.push(args)
  }
  return end('incomplete')
}

function readLength(text: string, at: number): { value: number; next: number } | Understood['end'] {
  const lineEnd = text.indexOf('\n', at)
  const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd + 1)
  if (lineEnd < 0) return line.length > 24 ? 'protocol-error' : 'incomplete'
  const match = /^.(0|-?[1-9][0-9]{0,18})\r\n$/.exec(line)
  return match === null ? 'protocol-error' : { value: Number(match[1]), next: lineEnd + 1 }
}
