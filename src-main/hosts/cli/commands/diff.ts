import type { DifferencePage, DifferenceRow, FamilyDifference } from '#contract'
import type { Core } from '../../../core/create-core.ts'
import { printList } from '../print-list.ts'
import { Remarks } from '../remarks.ts'
import { print, table, text, visible } from '../render.ts'
import { valueText } from '../row-text.ts'
import { type CommandOptions, resultOf, withCore } from '../session.ts'
import { type FoundState, familyOf, findState } from '../state.ts'
import { limitOf } from '../usage.ts'

export type DiffOptions = { family?: string; rows: boolean; limit: string; rightDirectory?: string }
type Sides = { left: FoundState; right: FoundState }

/** `lifeboat diff`: what changed from the left state to the right one, in numbers or row by row. */
export function diff(
  directory: string,
  [left, right]: readonly [string, string],
  options: CommandOptions & DiffOptions,
): Promise<void> {
  const limit = limitOf(options.limit)
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const sides = {
      left: await findState(core, directory, left, remarks),
      right: await findState(core, options.rightDirectory ?? directory, right, remarks),
    }
    if (options.rows) await printRows(core, sides, { ...options, limit }, remarks)
    else await printCounts(core, sides, options, remarks)
  })
}

async function printCounts(
  core: Core,
  { left, right }: Sides,
  { json, family }: CommandOptions & { family?: string },
  remarks: Remarks,
): Promise<void> {
  const states = { left: left.ref, right: right.ref }
  if (family !== undefined) familyOf([...left.columnFamilies, ...right.columnFamilies], family)
  const starting = core.client.compare.start(states)
  const result = await resultOf(core, starting, { kind: 'compare', json, stopped: 'stopped; nothing was compared' })
  if (result === null) return
  const families = result.families.filter(({ name }) => family === undefined || name === family)
  for (const { name, damageCount, otherLabelCount } of families) {
    remarks.countDamages(damageCount)
    if (damageCount > 0)
      remarks.note(
        `${visible(name)}: what differs near damage is unsure (met ${damageCount} times); diff --rows names the places.`,
      )
    if (otherLabelCount > 0) remarks.note(`${visible(name)}: ${otherLabelCount} more labels are not shown.`)
  }
  print(json, { families, ...states, ...remarks.fields }, () => differenceTable(families))
  remarks.show(json)
}

function differenceTable(families: readonly FamilyDifference[]): string {
  return table(
    ['column family', 'added', 'removed', 'changed', 'keys compared', 'tables in both'],
    families.flatMap((family) => [
      [...countsOf(visible(family.name), family), family.comparedCount, family.sharedTableCount],
      ...family.labels.map((label) => [...countsOf(visible(`  :${label.name}`), label), '', '']),
    ]),
  )
}

type Counts = { addedCount: number; removedCount: number; changedCount: number }

function countsOf(name: string, { addedCount, removedCount, changedCount }: Counts): (string | number)[] {
  return [name, addedCount, removedCount, changedCount]
}

function printRows(
  core: Core,
  { left, right }: Sides,
  options: { json: boolean; family?: string; limit: number },
  remarks: Remarks,
): Promise<void> {
  const states = { left: left.ref, right: right.ref }
  const { name } = familyOf([...left.columnFamilies, ...right.columnFamilies], options.family)
  return printList({
    json: options.json,
    name: 'rows',
    limit: options.limit,
    read: async (after: string | null, limit): Promise<DifferencePage> => {
      const page = await core.client.compare.page({ ...states, columnFamilyName: name, after, limit })
      remarks.addDamages(page.damages)
      return page
    },
    itemsOf: (page) => page.rows,
    textOf: (rows) => rows.map(differenceLine).join('\n'),
    rest: () => ({ ...states, columnFamily: name }),
    remarks,
  })
}

function differenceLine({ key, kind, left, right }: DifferenceRow): string {
  const mark = kind === 'added' ? '+' : kind === 'removed' ? '-' : '~'
  const values = [left, right].filter((row) => row !== null).map(valueText)
  return `${mark} ${text(key)} ==> ${values.join(' → ')}`
}
