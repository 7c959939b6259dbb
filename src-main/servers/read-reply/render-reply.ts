import { limits } from '#base/limits.ts'
import { errorTextOf, type Reply, textOf } from '../reply-tree.ts'
import { cleanText } from './clean-text.ts'

/** A reply as text for a person, in the manner of redis-cli, cleaned and cut at `limits.serverReplyTextCharactersMax`. */
export function renderReply(reply: Reply): string {
  const lines: string[] = []
  const room = { characters: limits.serverReplyTextCharactersMax }
  render(reply, '', lines, room)
  if (room.characters < 0) lines.push('… (cut)')
  return lines.join('\n')
}

/** One value on one line, for tables; arrays in brackets. */
export function renderValue(reply: Reply): string {
  const isNested = childrenOf(reply).length > 0
  return (isNested ? renderReply(reply) : scalarText(reply)).replace(/\s+/g, ' ')
}

type Room = { characters: number }

function render(reply: Reply, indent: string, lines: string[], room: Room): void {
  const children = childrenOf(reply)
  if (children.length === 0) add(indent + scalarText(reply), lines, room)
  for (const [name, child] of children) {
    if (room.characters < 0) return
    const head = `${indent}${name}`
    if (childrenOf(child).length === 0) add(`${head} ${scalarText(child)}`, lines, room)
    else {
      add(head, lines, room)
      render(child, `${indent}  `, lines, room)
    }
  }
}

/** Elements with what is written before each. */
function childrenOf(reply: Reply): readonly (readonly [string, Reply])[] {
  if (reply.type === 'map') return reply.entries.map(([key, value]) => [`${renderKey(key)}:`, value])
  if (reply.type !== 'array' && reply.type !== 'set') return []
  return reply.items.map((item, index) => [`${index + 1})`, item])
}

function renderKey(key: Reply): string {
  return childrenOf(key).length === 0 ? scalarText(key) : '(nested)'
}

function add(line: string, lines: string[], room: Room): void {
  lines.push(line.length > room.characters ? line.slice(0, Math.max(room.characters, 0)) : line)
  room.characters -= line.length + 1
}

function scalarText(reply: Reply): string {
  const text = textOf(reply)
  if (text !== null) return cleanText(text.slice(0, limits.serverReplyTextCharactersMax))
  const errorText = errorTextOf(reply)
  if (errorText !== null) return cleanText(`(error) ${errorText.slice(0, limits.serverReplyTextCharactersMax)}`)
  if (reply.type === 'integer' || reply.type === 'double' || reply.type === 'boolean') return String(reply.value)
  return reply.type === 'null' ? '(nil)' : '(empty)'
}
