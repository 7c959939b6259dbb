import { pageRowsMax } from '#contract'
import type { Remarks } from './remarks.ts'

export type PrintedList<Item, Next, Page extends { readonly next: Next | null }> = {
  readonly json: boolean
  /** what the list is called in the answer as JSON */
  readonly name: string
  readonly limit: number
  /** gets where to go on, null for the start, and how many items at most */
  readonly read: (after: Next | null, limit: number) => Promise<Page>
  readonly itemsOf: (page: Page) => readonly Item[]
  /** the items of one page for people */
  readonly textOf: (items: readonly Item[], isFirst: boolean) => string
  /** what stands beside the list in the answer as JSON, asked for at the end */
  readonly rest: () => object
  readonly remarks: Remarks
}

/**
 * Prints a list page by page as it is read, for it may be longer than memory. A failure on the way is thrown: what was
 * printed until then is a whole JSON document, which says `isWhole: false`.
 */
export async function printList<Item, Next, Page extends { readonly next: Next | null }>(
  list: PrintedList<Item, Next, Page>,
): Promise<void> {
  const { json, remarks } = list
  let after: Next | null = null
  let count = 0
  try {
    do {
      const page = await list.read(after, Math.min(list.limit - count, pageRowsMax))
      const items = list.itemsOf(page)
      if (items.length > 0) {
        await write(json ? jsonItems(list.name, items, count === 0) : `${list.textOf(items, count === 0)}\n`)
      }
      count += items.length
      after = page.next
    } while (after !== null && count < list.limit)
  } catch (failure) {
    if (json && count > 0) await write(jsonEnd({ isWhole: false, ...remarks.fields }))
    throw failure
  }
  if (after !== null)
    remarks.note(`The list ends after ${count}, and there is more: --limit takes a higher number, or "all".`)
  const end = jsonEnd({ isWhole: after === null, ...list.rest(), ...remarks.fields })
  if (json) await write(count === 0 ? `{\n${JSON.stringify(list.name)}: [${end}` : end)
  remarks.show(json)
}

function jsonItems(name: string, items: readonly unknown[], isFirst: boolean): string {
  const start = isFirst ? `{\n${JSON.stringify(name)}: [\n` : ',\n'
  return start + items.map((item) => JSON.stringify(item)).join(',\n')
}

function jsonEnd(rest: object): string {
  return `\n],\n${JSON.stringify(rest, null, 2).slice('{\n'.length)}\n`
}

/** Waits until the reader at the other end of a pipe took it. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()))
}
