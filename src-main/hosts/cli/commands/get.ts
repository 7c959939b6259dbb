import { errorCodes, pageRowsMax } from '#contract'
import { Remarks } from '../remarks.ts'
import { bytes, preciseTime, print, table, text } from '../render.ts'
import { valueText, wholeRowText } from '../row-text.ts'
import { type CommandOptions, withCore } from '../session.ts'
import { familyOf, findState } from '../state.ts'
import { keyOf } from '../usage.ts'

export type KeyOptions = { key: string; family?: string }

/** `lifeboat get`: the value of one key; exit status 3 when the state has none. */
export function get(directory: string, given: string, options: CommandOptions & KeyOptions): Promise<void> {
  const key = keyOf(options.key)
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const { ref: state, columnFamilies } = await findState(core, directory, given, remarks)
    const { columnFamilyId, name } = familyOf(columnFamilies, options.family)
    const { row, isCut } = await core.client.data.value({ state, columnFamilyId, key })
    if (isCut) remarks.note(`Only the start is shown: the value has ${bytes(row?.valueSizeBytes ?? 0)}.`)
    if (row === null) {
      process.exitCode = errorCodes.BACKUP_NOT_FOUND
      remarks.note(`No row has the key ${text(key)} in ${name}. Whether one had it before: lifeboat history.`)
    }
    if (row !== null || options.json) {
      print(options.json, { row, isCut, state, columnFamily: name, ...remarks.fields }, () =>
        row === null ? '' : wholeRowText(row),
      )
    }
    remarks.show(options.json)
  })
}

/** `lifeboat history`: the versions of a key that the files still hold, newest first. */
export function history(directory: string, given: string, options: CommandOptions & KeyOptions): Promise<void> {
  const key = keyOf(options.key)
  return withCore(options, async (core) => {
    const remarks = new Remarks()
    const { ref: state, columnFamilies } = await findState(core, directory, given, remarks)
    const { columnFamilyId, name } = familyOf(columnFamilies, options.family)
    const request = { state, columnFamilyId, key, limit: pageRowsMax }
    const { versions, isCut, damages } = await core.client.data.history(request)
    remarks.addDamages(damages)
    if (isCut) remarks.note(`Only the newest ${pageRowsMax} versions are shown.`)
    if (versions.length === 0) {
      process.exitCode = errorCodes.BACKUP_NOT_FOUND
      remarks.note(`No version of the key ${text(key)} is left in ${name}.`)
    }
    if (versions.length > 0 || options.json) {
      print(options.json, { versions, isCut, state, columnFamily: name, ...remarks.fields }, () =>
        table(
          ['sequence', 'time (UTC)', 'kind', 'value'],
          versions.map(({ sequence, committedAtUs, kind, row }) => [
            sequence,
            committedAtUs === null ? 'unknown' : preciseTime(committedAtUs),
            kind,
            row === null ? '' : valueText(row),
          ]),
        ),
      )
    }
    remarks.show(options.json)
  })
}
