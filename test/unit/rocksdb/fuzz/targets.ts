import { binaryMutations, type Mutation, textMutations } from '../../../support/fuzz/mutations.ts'
import type { Input, Target } from '../../../support/fuzz/target.ts'
import { directoryInput, fixtureInputs, onlyFile, pieceInputs } from './fixture-inputs.ts'
import { logicalRecords, logRepairs } from './log-repairs.ts'
import { blobInputs, blobRepairs, readBlobs } from './read-blobs.ts'
import { isManifest, manifestStates, readBatch, readCommits, readLog, readManifestState, readWal } from './read-logs.ts'
import {
  blobIndexInputs,
  readBlobIndex,
  readCurrent,
  readMeta,
  readOptions,
  readWideColumns,
  wideColumnInputs,
} from './read-small.ts'
import { readTable, readTableUnchecked } from './read-tables.ts'
import { allVersions, readBackup, readDatabase } from './read-views.ts'
import { tableRepairs } from './table-repairs.ts'

const TABLES = /\.sst$/
const LOGS = /\.log$/
const BLOBS = /\.blob$/
const LOGS_AND_MANIFESTS = /\.log$|MANIFEST-|^manifest\//
const NOT_READ = /OPTIONS-|IDENTITY/
const MISSING = /^(\d{6,}\.(sst|log|blob)|CURRENT)$/

const tableMutations: readonly Mutation[] = [...binaryMutations, ...tableRepairs]
const logMutations: readonly Mutation[] = [...binaryMutations, ...logRepairs]

const blobMutations: readonly Mutation[] = [...binaryMutations, ...blobRepairs]

const binary = () => binaryMutations
const text = () => textMutations

function byKindOfFile(name: string): readonly Mutation[] {
  if (TABLES.test(name)) return tableMutations
  if (BLOBS.test(name)) return blobMutations
  return LOGS.test(name) || isManifest(name) ? logMutations : textMutations
}

function hasChecksums({ name }: Input): boolean {
  return !/_none\.sst$/.test(name)
}

/** Every reader of RocksDB's files. The cases of all tables of targets together are those of a normal run. */
export const targets: readonly Target[] = [
  {
    name: 'table',
    group: 'tables',
    cases: 2500,
    inputs: () => fixtureInputs(TABLES),
    mutations: byKindOfFile,
    read: readTable,
    guarantee: (input) => (hasChecksums(input) ? 'whole' : 'nothing'),
  },
  {
    name: 'table-unchecked',
    group: 'tables',
    cases: 1500,
    inputs: () => fixtureInputs(TABLES),
    mutations: binary,
    read: readTableUnchecked,
  },
  {
    name: 'log',
    group: 'logs',
    cases: 1500,
    inputs: () => fixtureInputs(LOGS_AND_MANIFESTS),
    mutations: byKindOfFile,
    read: readLog,
    guarantee: () => 'subset',
  },
  {
    name: 'wal',
    group: 'logs',
    cases: 2000,
    inputs: () => fixtureInputs(LOGS),
    mutations: byKindOfFile,
    read: readWal,
    guarantee: () => 'subset',
  },
  {
    name: 'commits',
    group: 'logs',
    cases: 1000,
    inputs: () => fixtureInputs(LOGS),
    mutations: byKindOfFile,
    read: readCommits,
    guarantee: () => 'subset',
  },
  {
    name: 'write-batch',
    group: 'logs',
    cases: 1500,
    inputs: () =>
      pieceInputs(
        'batch',
        fixtureInputs(LOGS).flatMap(({ files }) => logicalRecords(onlyFile(files)[1]).payloads),
      ),
    mutations: binary,
    read: readBatch,
  },
  {
    name: 'manifest',
    group: 'logs',
    cases: 2000,
    inputs: () => fixtureInputs(/MANIFEST-|^manifest\//),
    mutations: byKindOfFile,
    read: readManifestState,
    guarantee: () => 'subset',
    original: manifestStates,
  },
  {
    name: 'database',
    group: 'views',
    cases: 1500,
    inputs: () => [directoryInput('db_two_cf_crashed', 'db_two_cf_crashed', NOT_READ)],
    mutations: byKindOfFile,
    read: readDatabase,
    guarantee: () => 'subset',
    original: allVersions,
    otherFiles: MISSING,
  },
  {
    name: 'backup',
    group: 'views',
    cases: 1500,
    inputs: () =>
      ['backup_v1', 'backup_v2_api'].flatMap((directory) =>
        [1, 2, 3].map((id) => directoryInput(`${directory} ${id}`, directory, NOT_READ)),
      ),
    mutations: byKindOfFile,
    read: readBackup,
    guarantee: () => 'subset',
    original: allVersions,
    otherFiles: /^(\d{6,}\.(sst|log|blob)|CURRENT|shared_checksum\/.*|private\/.*)$/,
  },
  {
    name: 'backup-meta',
    group: 'small',
    cases: 1500,
    inputs: () => fixtureInputs(/^backup.*\/meta\/\d+$/),
    mutations: text,
    read: readMeta,
  },
  {
    name: 'current',
    group: 'small',
    cases: 500,
    inputs: () => fixtureInputs(/CURRENT$/),
    mutations: text,
    read: readCurrent,
  },
  {
    name: 'options',
    group: 'small',
    cases: 1000,
    inputs: () => fixtureInputs(/OPTIONS-\d+$/),
    mutations: text,
    read: readOptions,
  },
  {
    name: 'blob-file',
    group: 'small',
    cases: 500,
    inputs: () => fixtureInputs(BLOBS),
    mutations: byKindOfFile,
    read: readBlobs,
    guarantee: () => 'subset',
  },
  {
    name: 'blob-file-of-ldb',
    group: 'blobs',
    cases: 1000,
    inputs: blobInputs,
    mutations: byKindOfFile,
    read: readBlobs,
    guarantee: () => 'subset',
  },
  { name: 'blob-index', group: 'small', cases: 800, inputs: blobIndexInputs, mutations: binary, read: readBlobIndex },
  {
    name: 'wide-columns',
    group: 'small',
    cases: 1000,
    inputs: wideColumnInputs,
    mutations: binary,
    read: readWideColumns,
  },
]
