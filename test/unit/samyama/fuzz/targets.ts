import { binaryMutations } from '../../../support/fuzz/mutations.ts'
import type { Target } from '../../../support/fuzz/target.ts'
import { logicalLogInputs, logicalLogRepairs, readLogicalLog } from './read-logical-logs.ts'
import { readRow, rowInputs } from './read-rows.ts'
import { readAllOfSnapshot, snapshotInputs, snapshotRepairs } from './read-snapshots.ts'

const logicalLogMutations = [...binaryMutations, ...logicalLogRepairs]
const snapshotMutations = [...binaryMutations, ...snapshotRepairs]

/** Every reader of Samyama's data. */
export const targets: readonly Target[] = [
  {
    name: 'row',
    group: 'samyama',
    cases: 2000,
    inputs: rowInputs,
    mutations: () => binaryMutations,
    read: readRow,
    otherFiles: /^(nodes|edges)$/,
  },
  {
    name: 'logical-log',
    group: 'samyama',
    cases: 800,
    inputs: logicalLogInputs,
    mutations: () => logicalLogMutations,
    read: readLogicalLog,
    guarantee: ({ name }) => (name === 'crc32' ? 'subset' : 'nothing'),
  },
  {
    name: 'snapshot',
    group: 'samyama',
    cases: 400,
    inputs: snapshotInputs,
    mutations: () => snapshotMutations,
    read: readAllOfSnapshot,
    guarantee: () => 'whole',
  },
]
