import type { BackupMetaFile } from './backup-meta-types.ts'
import { parseDecimal } from './decimal.ts'
import type { MetaLines } from './meta-lines.ts'
import { parseMetaPath } from './meta-path.ts'

const CRC_FIELD = 'crc32'
const SIZE_FIELD = 'size'
const TEMPERATURE_FIELD = 'temp'
const EXCLUDED_FIELD = 'ni::excluded'
const MUST_BE_KNOWN_PREFIX = 'ni::'
const TEMPERATURES = new Set(['kUnknown', 'kHot', 'kWarm', 'kCool', 'kCold', 'kIce'])

/** Reads a file line. @throws DamageError */
export function parseFileLine(
  line: string,
  backupId: number,
  schemaVersion: 1 | string,
  lines: MetaLines,
): BackupMetaFile {
  const [path = '', ...words] = line.split(' ')
  const parsed = parseMetaPath(path, backupId)
  if (typeof parsed === 'string') lines.fail(parsed, undefined, path)
  if (words.length % 2 !== 0) lines.fail('a field without a value', undefined, line)
  if (schemaVersion === 1 && (words.length !== 2 || words[0] !== CRC_FIELD)) {
    lines.fail('not a schema 1 file line', '<path> crc32 <decimal>', line)
  }
  const fields = readPairs(words, lines)
  const crc = fields.get(CRC_FIELD)
  const size = fields.get(SIZE_FIELD)
  const sizeFromField = size === undefined ? null : readNumber(size, Number.MAX_SAFE_INTEGER, 'size', lines)
  return {
    path,
    databaseName: parsed.databaseName,
    crc32c: crc === undefined ? null : readNumber(crc, 0xffffffff, 'crc32', lines),
    sizeBytes: sizeFromField ?? parsed.sizeBytes,
    sizeFrom: sizeFromField !== null ? 'field' : parsed.sizeBytes !== null ? 'name' : null,
    excluded: readExcluded(fields.get(EXCLUDED_FIELD), lines),
    temperature: fields.get(TEMPERATURE_FIELD) ?? null,
  }
}

function readPairs(words: readonly string[], lines: MetaLines): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index] ?? ''
    const data = words[index + 1] ?? ''
    if (name.startsWith(MUST_BE_KNOWN_PREFIX) && name !== EXCLUDED_FIELD) {
      lines.fail('a field that must be understood', undefined, name)
    }
    if (name === TEMPERATURE_FIELD && !TEMPERATURES.has(data)) lines.fail('unknown temperature', undefined, data)
    if (fields.has(name)) lines.fail('a field stands twice', undefined, name)
    fields.set(name, data)
  }
  return fields
}

function readExcluded(data: string | undefined, lines: MetaLines): boolean {
  if (data === undefined || data === 'false') return false
  if (data !== 'true') lines.fail('unknown value of ni::excluded', 'true or false', data)
  return true
}

function readNumber(text: string, max: number, what: string, lines: MetaLines): number {
  return parseDecimal(text, max) ?? lines.fail(`invalid ${what}`, `a decimal up to ${max}`, text)
}
