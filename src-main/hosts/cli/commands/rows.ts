import type { DataPage } from '#contract'
import { printList } from '../print-list.ts'
import { Remarks } from '../remarks.ts'
import { rowLine } from '../row-text.ts'
import { type CommandOptions, withCore } from '../session.ts'
import { familyOf, findState } from '../state.ts'
import { keyOf, limitOf } from '../usage.ts'

export type RowsOptions = { family?: string; from?: string; to?: string; reverse: boolean; limit: string }

/** `lifeboat rows`: rows of a state in key order, as `ldb scan` prints them, or in words where a codec knows them. */
export function rows(directory: string, given: string, options: CommandOptions & RowsOptions): Promise<void> {
  const [from, to] = [options.from, options.to].map((key) => (key === undefined ? null : keyOf(key)))
  const limit = limitOf(options.limit)
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const { ref, columnFamilies } = await findState(core, directory, given, remarks)
    const { columnFamilyId, name } = familyOf(columnFamilies, options.family)
    const range = { state: ref, columnFamilyId, from: from ?? null, to: to ?? null, isReverse: options.reverse }
    let codec: string | null = null
    const sequences = new Set<number>()
    const look = async (after: string | null, rowsMax: number): Promise<DataPage> => {
      const page = await core.client.data.page({ ...range, after, limit: rowsMax })
      remarks.addDamages(page.damages)
      codec = page.codec
      if (sequences.size === 1 && !sequences.has(page.lastSequence)) {
        remarks.note('The database was written to while it was read: these rows are not of one instant.')
      }
      sequences.add(page.lastSequence)
      return page
    }
    await printList({
      json: options.json,
      name: 'rows',
      limit,
      read: look,
      itemsOf: (page) => page.rows,
      textOf: (items) => items.map(rowLine).join('\n'),
      rest: () => ({ state: ref, columnFamily: name, codec, lastSequences: [...sequences] }),
      remarks,
    })
  })
}
