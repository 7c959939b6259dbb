import { limits } from '#base/limits.ts'
import { failAt, type Place } from '../place.ts'
import { type OptionLine, optionLines } from './option-lines.ts'
import { trimmed, unescaped } from './option-text.ts'

/** The text after the equals sign, escapes and braces kept. */
export type OptionValue = { readonly text: string; readonly place: Place }

export type OptionSection = {
  /** `Version`, `DBOptions`, `CFOptions`, `TableOptions/BlockBasedTable` */
  readonly title: string
  /** the column family; empty where the section has none */
  readonly family: string
  /** where the title stands */
  readonly place: Place
  /** of two options with one name the first counts, as in the engine */
  readonly values: ReadonlyMap<string, OptionValue>
}

const SECTION_TITLE = /^(?:Version|DBOptions|CFOptions|TableOptions\/.+)$/

/**
 * Splits an OPTIONS file into its sections, in file order, and knows nothing about what they mean.
 * RocksDB: options/options_parser.cc
 * @throws DamageError naming the line
 */
export function parseOptionSections(bytes: Uint8Array, file: string): OptionSection[] {
  const sections: OptionSection[] = []
  let values = new Map<string, OptionValue>()
  let valueCount = 0
  for (const line of optionLines(bytes, file)) {
    if (line.text.startsWith('[') && line.text.endsWith(']') && line.text.length > 1) {
      values = new Map()
      sections.push({ ...parseTitle(line), place: line.place, values })
      checkCount(sections.length, limits.optionsSectionsMax, 'sections', line.place)
      continue
    }
    if (sections.length === 0) failAt(line.place, 'an option before the first section', null, quoted(line.text))
    addStatement(line, values)
    valueCount += 1
    checkCount(valueCount, limits.optionsValuesMax, 'options', line.place)
  }
  return sections
}

/** `[Title]` or `[Title "family"]`: the family's name runs from the first quotation mark to the last. */
function parseTitle({ text, place }: OptionLine): { title: string; family: string } {
  const first = text.indexOf('"')
  const last = text.lastIndexOf('"')
  const hasFamily = first !== last
  const title = trimmed(text.slice(1, hasFamily ? first : -1))
  if (!SECTION_TITLE.test(title)) failAt(place, 'unknown section', null, quoted(text))
  return { title, family: hasFamily ? unescaped(text.slice(first + 1, last)) : '' }
}

function addStatement({ text, place }: OptionLine, values: Map<string, OptionValue>): void {
  const equals = text.indexOf('=')
  const name = trimmed(text.slice(0, Math.max(0, equals)))
  if (name === '') failAt(place, 'not an option', 'a name and a value', quoted(text))
  if (!values.has(name)) values.set(name, { text: trimmed(text.slice(equals + 1)), place })
}

function checkCount(count: number, countMax: number, what: string, place: Place): void {
  if (count > countMax) failAt(place, `too many ${what}`, `at most ${countMax}`)
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
