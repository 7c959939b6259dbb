import { doubted } from '../read-reply/list-sanity.ts'
import type { ListedBackup } from '../read-reply/listed-backup.ts'
import { readList } from '../read-reply/read-list.ts'
import { lowest, type Reading, type Understood } from '../read-reply/reading.ts'
import type { ServerCommands } from './commands.ts'

/** backups of one LIST to our agent: reading a page must not hold the core's thread for long */
const PAGE_BACKUPS = 200
/** lists beyond this are cut and doubted */
const PAGES_MAX = 500

export type ListResult = {
  readonly reading: Reading<readonly ListedBackup[]>
  /** the replies as bytes, one for each page */
  readonly rawReplies: readonly Uint8Array[]
}

/** One plain LIST, as any server takes it. */
export async function listPlain(commands: ServerCommands): Promise<ListResult> {
  const received = await commands.readAnswer(['ADMIN.BACKUP', 'LIST'])
  return { reading: readList(received.tree, commands.clock.nowUs()), rawReplies: [received.rawBytes] }
}

/** The whole list of our agent, page by page, newest first. */
export async function listPages(commands: ServerCommands): Promise<ListResult> {
  const rawReplies: Uint8Array[] = []
  let whole: Understood<readonly ListedBackup[]> | null = null
  let before: string | null = null
  for (let page = 1; ; page += 1) {
    const paging: string[] = before === null ? [] : ['BEFORE', before]
    const received = await commands.readAnswer(['ADMIN.BACKUP', 'LIST', 'LIMIT', String(PAGE_BACKUPS), ...paging])
    const reading = readList(received.tree, commands.clock.nowUs())
    rawReplies.push(received.rawBytes)
    if (!reading.understood) return { reading, rawReplies }
    whole = whole === null ? reading : joined(whole, reading)
    const last = reading.value.at(-1)
    const isLast = last === undefined || reading.value.length < PAGE_BACKUPS
    if (isLast || new Set(whole.value.map((each) => each.id)).size < whole.value.length)
      return { reading: whole, rawReplies }
    if (page === PAGES_MAX) return { reading: cut(whole), rawReplies }
    before = last.id
  }
}

function joined(
  whole: Understood<readonly ListedBackup[]>,
  page: Understood<readonly ListedBackup[]>,
): Understood<readonly ListedBackup[]> {
  const known = new Set(whole.value.map((backup) => backup.id))
  const repeated = page.value.some((backup) => known.has(backup.id))
  const result = {
    ...whole,
    value: [...whole.value, ...page.value],
    confidence: lowest(whole.confidence, page.confidence),
    warnings: [...new Set([...whole.warnings, ...page.warnings])],
  }
  return repeated ? { ...result, ...doubted(result, 'Pages of the list overlap.') } : result
}

function cut(whole: Understood<readonly ListedBackup[]>): Understood<readonly ListedBackup[]> {
  return { ...whole, ...doubted(whole, `The list was cut after ${PAGES_MAX * PAGE_BACKUPS} backups.`) }
}
