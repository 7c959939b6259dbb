import type { FamilyCount } from '#contract'
import { Remarks } from '../remarks.ts'
import { bytes, print, table, visible } from '../render.ts'
import { type CommandOptions, resultOf, withCore } from '../session.ts'
import { familyOf, findState } from '../state.ts'

/** `lifeboat count`: rows of every column family, or of one, and of the labels in it. */
export function count(directory: string, given: string, options: CommandOptions & { family?: string }): Promise<void> {
  const { json, family } = options
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const { ref: state, columnFamilies } = await findState(core, directory, given, remarks)
    const columnFamilyId = family === undefined ? null : familyOf(columnFamilies, family).columnFamilyId
    const starting = core.client.data.count({ state, columnFamilyId })
    const result = await resultOf(core, starting, { kind: 'count', json, stopped: 'stopped; nothing was counted' })
    if (result === null) return
    for (const { name, damageCount, otherLabelCount } of result.families) {
      remarks.countDamages(damageCount)
      if (damageCount > 0)
        remarks.note(
          `${visible(name)}: rows near damage are not counted (met ${damageCount} times); rows names the places.`,
        )
      if (otherLabelCount > 0) remarks.note(`${visible(name)}: ${otherLabelCount} more labels are not shown.`)
    }
    print(json, { families: result.families, state, ...remarks.fields }, () => countTable(result.families))
    remarks.show(json)
  })
}

function countTable(families: readonly FamilyCount[]): string {
  return table(
    ['column family', 'rows', 'keys', 'values'],
    families.flatMap(({ name, rowCount, keyBytes, valueBytes, labels }) => [
      [visible(name), rowCount, bytes(keyBytes), bytes(valueBytes)],
      ...labels.map((label) => [visible(`  :${label.name}`), label.rowCount, '', '']),
    ]),
  )
}
