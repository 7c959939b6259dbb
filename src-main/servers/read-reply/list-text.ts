import type { Reply } from '../reply-tree.ts'
import { idFromText } from './backup-id.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import { repliesFromJsonLines, replyFromJson } from './json-reply.ts'
import type { ListFinding } from './list-maps.ts'
import { bareBackup, type ListedBackup } from './listed-backup.ts'
import { finding } from './reading.ts'
import { commaSeparated, infoBlocks, textTable } from './text-tables.ts'
import { timeFromText } from './times.ts'

const emptyText = /^\(?(no|0|zero) (backups?|snapshots?|entries|rows)\b|^\(?(empty|none)( list| array| set)?\)?\.?$/i
const idInLine = /(?:\bid\b|\bbackup\b|#)\s*[:=#]?\s*(\d+)/gi
const timeInLine = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?/g

/** §8.4.9: a list that is one text. @param fromTree reads what a JSON text holds */
export function listFromText(source: string, fromTree: (reply: Reply) => ListFinding | null): ListFinding | null {
  const text = source.replaceAll('\r\n', '\n')
  if (text.trim() === '' || emptyText.test(text.trim())) return finding('text that says there are none', [], 'likely')
  const json = replyFromJson(text)
  if (json !== null) return inside('JSON', fromTree(json))
  const jsonLines = repliesFromJsonLines(text)
  if (jsonLines !== null) return inside('JSON lines', fromTree({ type: 'array', items: jsonLines }))
  const shown = cleanText(text)
  return infoBlocks(shown) ?? textTable(shown) ?? commaSeparated(shown) ?? freeLines(shown)
}

function inside(form: string, found: ListFinding | null): ListFinding | null {
  return found === null ? null : { ...found, shape: `${form}: ${found.shape}` }
}

/** §8.4.9e: what lines say about backups in words. Never more than a guess. */
function freeLines(text: string): ListFinding | null {
  const backups: ListedBackup[] = []
  for (const line of text.split('\n')) {
    const ids = [...line.matchAll(idInLine)].map((match) => idFromText(match[1] ?? ''))
    const id = ids.length === 1 ? ids[0] : null
    if (id === undefined || id === null) continue
    const times = line.match(timeInLine) ?? []
    const created = times.length === 1 ? timeFromText(times[0]) : null
    backups.push({ ...bareBackup(id, 'guess', [{ name: 'line', text: cleanLine(line) }]), created })
  }
  if (backups.length === 0) return null
  return finding('lines of text', backups, 'guess', ['The ids were found in sentences.'])
}
