import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { integerFromReply } from './field-values.ts'
import type { ListFinding } from './list-maps.ts'
import { bareBackup, type ListedBackup } from './listed-backup.ts'
import { finding } from './reading.ts'
import { readRecord } from './records.ts'
import { renderValue } from './render-reply.ts'
import { isSaneTime, type ServerTime, timeFromInteger, timeFromText, unitByMagnitude } from './times.ts'

const kindWords = new Set(['full', 'incremental', 'incr', 'snapshot', 'wal', 'pitr'])
const stateWords = new Set(
  'ok done success successful complete completed finished valid invalid verified unverified failed running started pending ready true false yes no corrupt'.split(
    ' ',
  ),
)
/** above: more like a time than a count of backups */
const ID_INTEGER_MAX = 999_999_999n

type Columns = {
  readonly id: number
  readonly candidates: number
  readonly time: number | null
  readonly kind: number | null
  readonly state: number | null
  readonly size: number | null
}

/** §8.4.6: an array of arrays of one width that name no fields, the columns told by what they hold over all rows. */
export function arrayOfTuples(reply: Reply, nowUs: number): ListFinding | null {
  const rows: (readonly Reply[])[] = []
  for (const item of itemsOf(reply) ?? []) {
    const row = itemsOf(item)
    if (row === null || row.length < 2 || row.length !== (rows[0] ?? row).length) return null
    if (readRecord(item) !== null) return null
    rows.push(row)
  }
  return tuplesFinding('array of tuples', rows, nowUs)
}

/** Rows of one width as backups. One id column: likely. Several that could be it: guess. None: null. */
export function tuplesFinding(shape: string, rows: readonly (readonly Reply[])[], nowUs: number): ListFinding | null {
  const columns = rows.length === 0 ? null : assignColumns(rows, nowUs)
  if (columns === null) return null
  const confidence = columns.candidates === 1 ? 'likely' : 'guess'
  const backups: ListedBackup[] = []
  for (const row of rows) {
    const id = idFromReply(row[columns.id] ?? { type: 'null' })
    if (id === null) return null
    const fields = row.map((cell, index) => ({ name: `column ${index + 1}`, text: renderValue(cell) }))
    const cell = (index: number | null) => (index === null ? undefined : row[index])
    const time = cell(columns.time)
    const size = integerFromReply(cell(columns.size))
    backups.push({
      ...bareBackup(id, confidence, fields),
      created: time === undefined ? null : timeOfCell(time),
      kind: wordOf(cell(columns.kind)),
      state: wordOf(cell(columns.state)),
      sizeBytes: size === null || size > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(size),
    })
  }
  const warnings = confidence === 'likely' ? [] : ['More than one column could hold the ids.']
  return finding(shape, backups, confidence, warnings)
}

function assignColumns(rows: readonly (readonly Reply[])[], nowUs: number): Columns | null {
  const width = rows[0]?.length ?? 0
  const columnsOf = Array.from({ length: width }, (_, index) =>
    rows.map((row) => row[index] ?? ({ type: 'null' } as const)),
  )
  const firstThat = (test: (cells: readonly Reply[]) => boolean, taken: readonly (number | null)[] = []) => {
    const index = columnsOf.findIndex((cells, at) => !taken.includes(at) && test(cells))
    return index === -1 ? null : index
  }
  const time = firstThat((cells) => isTimeColumn(cells, nowUs))
  const kind = firstThat((cells) => cells.every((cell) => kindWords.has(wordOf(cell)?.toLowerCase() ?? '')))
  const state = firstThat((cells) => cells.every((cell) => isStateWord(cell)), [kind])
  const taken = [kind, state]
  const ids = columnsOf
    .map((cells, index) => ({ cells, index }))
    .filter(({ cells, index }) => !taken.includes(index) && !isTimeColumn(cells, nowUs) && isIdColumn(cells))
  const id = preferredId(ids)
  if (id === null) return null
  const size = firstThat(
    (cells) => cells.every((cell) => (integerFromReply(cell) ?? -1n) >= 0n),
    [id, time, kind, state],
  )
  return { id, candidates: ids.length, time, kind, state, size }
}

function isIdColumn(cells: readonly Reply[]): boolean {
  const ids = cells.map(idFromReply)
  if (ids.includes(null) || new Set(ids).size !== ids.length) return false
  return cells.every((cell) => (integerFromReply(cell) ?? 0n) <= ID_INTEGER_MAX && !isStateWord(cell))
}

/** Smallest integers that go one way; else the first. */
function preferredId(columns: readonly { cells: readonly Reply[]; index: number }[]): number | null {
  const ranked = columns
    .map(({ cells, index }) => ({ index, numbers: cells.map(integerFromReply) }))
    .toSorted((left, right) => rank(left.numbers) - rank(right.numbers))
  return ranked[0]?.index ?? null
}

function rank(numbers: readonly (bigint | null)[]): number {
  let greatest = 0n
  for (const number of numbers) {
    if (number === null) return Number.MAX_VALUE
    if (number > greatest) greatest = number
  }
  return Number(greatest)
}

function isTimeColumn(cells: readonly Reply[], nowUs: number): boolean {
  const units = new Set<string>()
  for (const cell of cells) {
    const integer = integerFromReply(cell)
    const time = timeOfCell(cell)
    if (time === null || (time.us !== null && !isSaneTime(time.us, nowUs))) return false
    units.add(integer === null ? 'text' : (unitByMagnitude(integer) ?? ''))
  }
  return units.size === 1
}

function timeOfCell(cell: Reply): ServerTime | null {
  const integer = integerFromReply(cell)
  if (integer !== null) return timeFromInteger(integer, null)
  const text = textOf(cell)
  return text === null ? null : timeFromText(text)
}

function isStateWord(cell: Reply): boolean {
  return cell.type === 'boolean' || stateWords.has(wordOf(cell)?.toLowerCase() ?? '')
}

function wordOf(cell: Reply | undefined): string | null {
  if (cell === undefined) return null
  return cell.type === 'boolean' ? String(cell.value) : textOf(cell)
}
