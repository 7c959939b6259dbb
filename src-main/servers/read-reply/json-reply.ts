import { limits } from '#base/limits.ts'
import { bulkOf, type Reply } from '../reply-tree.ts'

/** The reply that a JSON text says, or null when it is none: an object or an array, within depth and number of values. */
export function replyFromJson(text: string): Reply | null {
  const trimmed = text.trim()
  if (!/^[[{]/.test(trimmed)) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(trimmed)
  } catch {
    return null
  }
  return convert(parsed, 0, { values: limits.serverReplyNodesMax })
}

/** One JSON object or array a line, at least two of them, else null. */
export function repliesFromJsonLines(text: string): Reply[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2 || lines.length > limits.serverReplyElementsMax) return null
  const replies: Reply[] = []
  for (const line of lines) {
    const reply = replyFromJson(line)
    if (reply === null) return null
    replies.push(reply)
  }
  return replies
}

function convert(value: unknown, depth: number, room: { values: number }): Reply | null {
  room.values -= 1
  if (room.values < 0 || depth > limits.serverReplyDepthMax) return null
  if (value === null) return { type: 'null' }
  if (typeof value === 'string') return bulkOf(value)
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (typeof value === 'number') return numberReply(value)
  if (Array.isArray(value)) return convertArray(value, depth, room)
  return typeof value === 'object' ? convertObject(value, depth, room) : null
}

function numberReply(value: number): Reply {
  return Number.isSafeInteger(value) ? { type: 'integer', value: BigInt(value) } : { type: 'double', value }
}

function convertArray(values: readonly unknown[], depth: number, room: { values: number }): Reply | null {
  const items: Reply[] = []
  for (const value of values) {
    const item = convert(value, depth + 1, room)
    if (item === null) return null
    items.push(item)
  }
  return { type: 'array', items }
}

function convertObject(value: object, depth: number, room: { values: number }): Reply | null {
  const entries: (readonly [Reply, Reply])[] = []
  for (const [name, each] of Object.entries(value)) {
    const item = convert(each, depth + 1, room)
    if (item === null) return null
    entries.push([bulkOf(name), item])
  }
  return { type: 'map', entries }
}
