import { failAt, type Place } from '../place.ts'
import { recoveryModeNamed, type WalRecoveryMode } from '../wal/recovery-mode.ts'
import { objectName } from './nested-options.ts'
import { type OptionSection, type OptionValue, parseOptionSections } from './option-sections.ts'
import { unescaped } from './option-text.ts'

/** What one column family was opened with. Names of objects are null when it has none or the file does not say. */
export type FamilyOptions = {
  readonly name: string
  readonly comparator: string | null
  readonly mergeOperator: string | null
  readonly prefixExtractor: string | null
  /** in the engine's spelling, as `kZSTD` */
  readonly compression: string | null
  /** in the engine's spelling, as `kCompactionStyleLevel` */
  readonly compactionStyle: string | null
  /** seconds; 0 is no limit. Rounded above Number.MAX_SAFE_INTEGER, where the engine chooses by itself. */
  readonly ttlS: number | null
  readonly enableBlobFiles: boolean
  readonly enableBlobDirectWrite: boolean
  /** every option, known here or not */
  readonly values: ReadonlyMap<string, OptionValue>
  /** the table factory's options; null when the file has none */
  readonly table: OptionSection | null
}

/**
 * What a database was opened with. An option that the file leaves out is off, 0 or null. Additional directories for
 * tables (db_paths, cf_paths) are never written to it: path ids in the MANIFEST show them.
 */
export type DatabaseOptions = {
  readonly rocksdbVersion: string | null
  readonly optionsFileVersion: string | null
  /** null: the logs lie with the tables */
  readonly walDirectory: string | null
  readonly walRecoveryMode: WalRecoveryMode | null
  readonly recycleLogFileNumber: number
  readonly manualWalFlush: boolean
  readonly allowTwoPhaseCommit: boolean
  readonly twoWriteQueues: boolean
  readonly unorderedWrite: boolean
  readonly atomicFlush: boolean
  readonly trackAndVerifyWalsInManifest: boolean
  /** every option, known here or not */
  readonly values: ReadonlyMap<string, OptionValue>
  /** in file order; "default" is the first */
  readonly families: readonly FamilyOptions[]
}

const VERSION = /^[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}$/
const NUMBER = /^[0-9]{1,20}$/
const TABLE_PREFIX = 'TableOptions/'

/**
 * Parses an OPTIONS file. Options and names that are not known here are kept as they are; a switch or number in use
 * here that is none is damage, since a wrong "off" would mislead.
 * RocksDB: options/options_parser.cc; docs/formats/rocksdb.md §1 and §8.4
 * @param bytes the whole file
 * @param file what damages call the file
 * @throws DamageError naming the line
 */
export function parseDatabaseOptions(bytes: Uint8Array, file: string): DatabaseOptions {
  const whole = { file, structure: 'OPTIONS', offsetBytes: 0 }
  const parts = sortSections(parseOptionSections(bytes, file), whole)
  const { values } = parts.database
  return {
    rocksdbVersion: versionOf(parts.version, 'rocksdb_version'),
    optionsFileVersion: versionOf(parts.version, 'options_file_version'),
    walDirectory: unescaped(values.get('wal_dir')?.text ?? '') || null,
    walRecoveryMode: recoveryModeNamed(values.get('wal_recovery_mode')?.text ?? ''),
    recycleLogFileNumber: numberOf(values, 'recycle_log_file_num') ?? 0,
    manualWalFlush: isOn(values, 'manual_wal_flush'),
    allowTwoPhaseCommit: isOn(values, 'allow_2pc'),
    twoWriteQueues: isOn(values, 'two_write_queues'),
    unorderedWrite: isOn(values, 'unordered_write'),
    atomicFlush: isOn(values, 'atomic_flush'),
    trackAndVerifyWalsInManifest: isOn(values, 'track_and_verify_wals_in_manifest'),
    values,
    families: [...parts.families.values()].map((section) => {
      return familyOptions(section, parts.tables.get(section.family) ?? null)
    }),
  }
}

type Sections = {
  readonly version: OptionSection | null
  readonly database: OptionSection
  readonly families: ReadonlyMap<string, OptionSection>
  readonly tables: ReadonlyMap<string, OptionSection>
}

/** The rules for which sections a file has, in which order. RocksDB: options_parser.cc CheckSection, ValidityCheck */
function sortSections(sections: readonly OptionSection[], whole: Place): Sections {
  let version: OptionSection | null = null
  let database: OptionSection | null = null
  const families = new Map<string, OptionSection>()
  const tables = new Map<string, OptionSection>()
  for (const section of sections) {
    const { title, family, place } = section
    if (title.startsWith(TABLE_PREFIX)) {
      if (!families.has(family)) failAt(place, 'table options of an unknown column family', null, family)
      tables.set(family, section)
    } else if (title === 'CFOptions') {
      if (families.has(family)) failAt(place, 'a column family stands twice', null, family)
      if (families.size === 0 && family !== 'default') failAt(place, 'wrong first column family', 'default', family)
      families.set(family, section)
    } else {
      if ((title === 'Version' ? version : database) !== null) failAt(place, 'a section stands twice', null, title)
      if (title === 'Version') version = section
      else database = section
    }
  }
  if (database === null) failAt(whole, 'a section is missing', 'DBOptions')
  if (families.size === 0) failAt(whole, 'a section is missing', 'CFOptions "default"')
  return { version, database, families, tables }
}

function familyOptions({ family, values }: OptionSection, table: OptionSection | null): FamilyOptions {
  const nameOf = (option: string): string | null => objectName(values.get(option)?.text)
  return {
    name: family,
    comparator: nameOf('comparator'),
    mergeOperator: nameOf('merge_operator'),
    prefixExtractor: nameOf('prefix_extractor'),
    compression: values.get('compression')?.text ?? null,
    compactionStyle: values.get('compaction_style')?.text ?? null,
    ttlS: numberOf(values, 'ttl'),
    enableBlobFiles: isOn(values, 'enable_blob_files'),
    enableBlobDirectWrite: isOn(values, 'enable_blob_direct_write'),
    values,
    table,
  }
}

function versionOf(section: OptionSection | null, name: string): string | null {
  const value = section?.values.get(name)
  if (value === undefined) return null
  if (!VERSION.test(value.text)) failAt(value.place, `invalid ${name}`, 'numbers with dots', value.text)
  return value.text
}

/** RocksDB: util/string_util.cc ParseBoolean */
function isOn(values: ReadonlyMap<string, OptionValue>, name: string): boolean {
  const value = values.get(name)
  if (value === undefined || value.text === 'false' || value.text === '0') return false
  if (value.text !== 'true' && value.text !== '1') failAt(value.place, `invalid ${name}`, 'true or false', value.text)
  return true
}

function numberOf(values: ReadonlyMap<string, OptionValue>, name: string): number | null {
  const value = values.get(name)
  if (value === undefined) return null
  if (!NUMBER.test(value.text)) failAt(value.place, `invalid ${name}`, 'a decimal', value.text)
  return Number(value.text)
}
