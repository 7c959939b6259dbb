import { describe, expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { type DatabaseOptions, parseDatabaseOptions } from '../../../../src-main/rocksdb/options/database-options.ts'
import { fixtureBytes, fixtureNames, problemOf } from '../fixtures.ts'

const DEFAULT = '[CFOptions "default"]\n'
const REST = `[DBOptions]\n${DEFAULT}`

function parse(text: string | Uint8Array): DatabaseOptions {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return parseDatabaseOptions(bytes, 'OPTIONS-000007')
}

function damageOf(text: string | Uint8Array): string {
  return problemOf(() => parse(text))
}

/** Everything but the maps of all options. */
function named(options: DatabaseOptions): unknown {
  const { values, families, ...database } = options
  return { ...database, families: families.map(({ values, table, ...family }) => ({ ...family, table: table?.title })) }
}

const off = {
  walDirectory: null,
  recycleLogFileNumber: 0,
  manualWalFlush: false,
  allowTwoPhaseCommit: false,
  twoWriteQueues: false,
  unorderedWrite: false,
  atomicFlush: false,
  trackAndVerifyWalsInManifest: false,
}

const family = {
  name: 'default',
  comparator: 'leveldb.BytewiseComparator',
  mergeOperator: null,
  prefixExtractor: null,
  compression: 'kNoCompression',
  compactionStyle: 'kCompactionStyleLevel',
  ttlS: 2_592_000,
  enableBlobFiles: false,
  enableBlobDirectWrite: false,
  table: 'TableOptions/BlockBasedTable',
}

describe('an OPTIONS file', () => {
  test('of RocksDB 11 with blob files is read', () => {
    const options = parse(fixtureBytes('backup_v2_api/private/1/OPTIONS-000007'))
    expect(named(options)).toEqual({
      ...off,
      rocksdbVersion: '11.9.0',
      optionsFileVersion: '1.1',
      walRecoveryMode: 'point-in-time',
      families: [{ ...family, enableBlobFiles: true }],
    })
    expect(options.values.size).toBe(97)
    expect(options.values.get('db_host_id')?.text).toBe('sample')
    expect(options.families[0]?.table?.values.get('format_version')?.text).toBe('7')
  })

  test('of every fixture is read', () => {
    const names = fixtureNames('.').filter((name) => name.includes('OPTIONS-'))
    const found = names.map((name) => {
      const { rocksdbVersion, walRecoveryMode, families } = parse(fixtureBytes(name))
      return [rocksdbVersion, walRecoveryMode, families.map(({ name, table }) => [name, table?.family])]
    })
    expect(found).toHaveLength(8)
    for (const [version, mode, families] of found) {
      expect(version).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+$/)
      expect(mode).toBe('point-in-time')
      for (const [name, table] of families as [string, string][]) expect(table).toBe(name)
    }
  })

  test('of two sections is enough, and what it leaves out is off', () => {
    expect(named(parse(REST))).toEqual({
      ...off,
      rocksdbVersion: null,
      optionsFileVersion: null,
      walRecoveryMode: null,
      families: [
        {
          ...family,
          comparator: null,
          compression: null,
          compactionStyle: null,
          ttlS: null,
          table: undefined,
        },
      ],
    })
  })

  test('says what is switched on', () => {
    const database = ['wal_dir=/wal\\#1\\:a b', 'recycle_log_file_num=4', 'manual_wal_flush=true', 'allow_2pc=1']
    const more = ['two_write_queues', 'unordered_write', 'atomic_flush', 'track_and_verify_wals_in_manifest']
    const names = ['comparator=rocksdb.Own', 'merge_operator={id=Append;delimiter={,};}', 'prefix_extractor=p.4']
    const kinds = ['compression=kZSTD', 'compaction_style=kNew', 'ttl=18446744073709551614']
    const blobs = ['enable_blob_files=true', 'enable_blob_direct_write=true']
    const text = [
      '[DBOptions]',
      ...[...database, ...more.map((name) => `${name}=true`), 'wal_recovery_mode=kAbsoluteConsistency'],
      DEFAULT,
      ...[...names, ...kinds, ...blobs],
    ].join('\n  ')
    expect(named(parse(`${text}\n`))).toEqual({
      rocksdbVersion: null,
      optionsFileVersion: null,
      walDirectory: '/wal#1:a b',
      walRecoveryMode: 'absolute-consistency',
      recycleLogFileNumber: 4,
      manualWalFlush: true,
      allowTwoPhaseCommit: true,
      twoWriteQueues: true,
      unorderedWrite: true,
      atomicFlush: true,
      trackAndVerifyWalsInManifest: true,
      families: [
        {
          name: 'default',
          comparator: 'rocksdb.Own',
          mergeOperator: 'Append',
          prefixExtractor: 'p.4',
          compression: 'kZSTD',
          compactionStyle: 'kNew',
          ttlS: 2 ** 64,
          enableBlobFiles: true,
          enableBlobDirectWrite: true,
          table: undefined,
        },
      ],
    })
  })

  test.each([
    ['kTolerateCorruptedTailRecords', 'tolerate-corrupted-tail-records'],
    ['kAbsoluteConsistency', 'absolute-consistency'],
    ['kPointInTimeRecovery', 'point-in-time'],
    ['kSkipAnyCorruptedRecords', 'skip-any-corrupted-records'],
    ['kNewMode', null],
  ] as const)('with wal_recovery_mode %s gives %s', (text, mode) => {
    const options = parse(`[DBOptions]\nwal_recovery_mode=${text}\n${DEFAULT}`)
    expect(options.walRecoveryMode).toBe(mode)
    expect(options.values.get('wal_recovery_mode')?.text).toBe(text)
  })

  test('keeps options that are not known with the line they stand in, and the first of two', () => {
    const text =
      '# head\n\n[DBOptions] # all\n  new = {a=b;c={d=#\n\tnew=2\r\n e=\n f=1=2 \\# 3 # 4\n[CFOptions "default"]\n'
    const at = (text: string, line: number, offsetBytes: number) => {
      return { text, place: { file: 'OPTIONS-000007', structure: `OPTIONS line ${line}`, offsetBytes } }
    }
    expect(parse(text).values).toEqual(
      new Map([
        ['new', at('{a=b;c={d=', 4, 26)],
        ['e', at('', 6, 54)],
        ['f', at('1=2 \\# 3', 7, 58)],
      ]),
    )
  })

  test('gives names of column families as they are, escaped, in UTF-8 or in other bytes', () => {
    const names = ['"a" b', '\\#x\\:\\\\', 'é\\nx\\r', 'tail\\']
    const text = REST + names.map((name) => `[CFOptions "${name}"]\n`).join('')
    const other = Buffer.concat([Buffer.from(text), Buffer.from('[CFOptions "\xff"]\n', 'latin1')])
    expect(parse(other).families.map(({ name }) => name)).toEqual([
      'default',
      '"a" b',
      '#x:\\',
      'é\nx\r',
      'tail',
      '\xff',
    ])
  })
})

describe('a damaged OPTIONS file', () => {
  test.each([
    ['OPTIONS: the file does not end in a line feed', ''],
    ['OPTIONS: the file does not end in a line feed', REST.trimEnd()],
    ['OPTIONS: a section is missing (expected DBOptions)', DEFAULT],
    ['OPTIONS: a section is missing (expected CFOptions "default")', '[DBOptions]\n'],
    ['OPTIONS line 1: an option before the first section (found "a=b")', `a=b\n${REST}`],
    ['OPTIONS line 3: unknown section (found "[New]")', `${REST}[New]\n`],
    ['OPTIONS line 3: unknown section (found "[TableOptions/]")', `${REST}[TableOptions/]\n`],
    ['OPTIONS line 3: unknown section (found "[]")', `${REST}[]\n`],
    ['OPTIONS line 3: a section stands twice (found DBOptions)', `${REST}[DBOptions]\n`],
    ['OPTIONS line 4: a section stands twice (found Version)', `${REST}[Version]\n[Version]\n`],
    ['OPTIONS line 3: a column family stands twice (found default)', REST + DEFAULT],
    ['OPTIONS line 2: wrong first column family (expected default, found a)', '[DBOptions]\n[CFOptions "a"]\n'],
    [
      'OPTIONS line 3: table options of an unknown column family (found a)',
      `${REST}[TableOptions/BlockBasedTable "a"]\n`,
    ],
    ['OPTIONS line 3: not an option (expected a name and a value, found "words")', `${REST}words\n`],
    ['OPTIONS line 3: not an option (expected a name and a value, found "=1")', `${REST}=1\n`],
    ['OPTIONS line 3: not an option (expected a name and a value, found "[")', `${REST}[\n`],
    ['OPTIONS line 3: invalid ttl (expected a decimal, found -1)', `${REST}ttl=-1\n`],
    ['OPTIONS line 3: invalid enable_blob_files (expected true or false, found yes)', `${REST}enable_blob_files=yes\n`],
    ['OPTIONS line 2: invalid allow_2pc (expected true or false)', `[DBOptions]\nallow_2pc=\n${DEFAULT}`],
    [
      'OPTIONS line 2: invalid rocksdb_version (expected numbers with dots, found 7.x)',
      `[Version]\nrocksdb_version=7.x\n${REST}`,
    ],
  ])('is refused: %s', (damage, text) => {
    const found = damageOf(text).replace(/^OPTIONS-000007 at byte [0-9]+: /, '')
    expect(found.replace(', found )', ')')).toBe(damage)
  })

  test('names the byte where its line starts', () => {
    expect(damageOf(`${REST}words\n`)).toMatch(/^OPTIONS-000007 at byte 34: OPTIONS line 3: /)
  })

  test('is bounded in bytes, lines, sections and options', () => {
    const { optionsFileBytesMax, optionsLineBytesMax, optionsSectionsMax, optionsValuesMax } = limits
    expect(damageOf(new Uint8Array(optionsFileBytesMax + 1).fill(0x0a))).toContain('OPTIONS: the file is too large')
    expect(damageOf(`${REST}#${' '.repeat(optionsLineBytesMax)}\n`)).toContain('line 3: the line is too long')
    expect(damageOf('[Version]\n'.repeat(optionsSectionsMax + 1))).toContain('too many sections')
    expect(damageOf(`${REST}${'a=1\n'.repeat(optionsValuesMax + 1)}`)).toContain('too many options')
  })
})
