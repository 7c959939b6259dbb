import { parentPort, workerData } from 'node:worker_threads'
import { StoppedError } from '#base/abort.ts'
import { assert } from '#base/assert.ts'
import { systemClock } from '#base/clock.ts'
import { toErrorInfo } from '#base/error-info.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { fingerprint } from '../repository/fingerprint.ts'
import { copyFiles } from '../restore/copy-files.ts'
import { copyList } from '../restore/copy-list.ts'
import { discardRestore } from '../restore/partial.ts'
import { syncBeside } from '../restore/pending-syncs.ts'
import { prepareRestore } from '../restore/prepare.ts'
import { publishRestore } from '../restore/publish.ts'
import { checkTarget } from '../restore/target.ts'
import { checkContents } from '../verify/check-contents.ts'
import { hashRanges } from '../verify/hash-ranges.ts'
import { planVerification } from '../verify/plan.ts'
import type { ArchiverThreadOrder } from './archiver-messages.ts'
import { ArchiverThread } from './archiver-thread.ts'
import type { FromWorker, TaskName, Tasks, ToWorker } from './messages.ts'
import { browse } from './tasks/browse.ts'
import { accidents, commitAt, listCommits } from './tasks/commits.ts'
import { compareFamily, comparePage } from './tasks/compare.ts'
import { countRows, splitFamilies } from './tasks/count.ts'
import { dataHistory, dataPage, dataValue, describeState } from './tasks/data.ts'
import { dropForgottenSources, indexSource } from './tasks/index-source.ts'
import { recoveryHandlers } from './tasks/recovery.ts'
import { repositoryHandlers } from './tasks/repository.ts'

type Handlers = {
  [Name in TaskName]: (input: Tasks[Name]['input']) => Tasks[Name]['output'] | Promise<Tasks[Name]['output']>
}

const handlers: Handlers = {
  ...recoveryHandlers,
  ...repositoryHandlers,
  'inspect-directory': ({ path }) => {
    const directory = new BackupDirectory(path)
    return { root: directory.root, fingerprint: fingerprint(directory) }
  },
  browse,
  'index-source': indexSource,
  'drop-forgotten': dropForgottenSources,
  'describe-state': describeState,
  'data-page': dataPage,
  'data-value': dataValue,
  'data-history': dataHistory,
  'split-family': splitFamilies,
  'count-rows': countRows,
  'compare-family': compareFamily,
  'compare-page': comparePage,
  'list-commits': listCommits,
  'commit-at': commitAt,
  'find-accidents': accidents,
  'plan-verification': planVerification,
  'check-contents': (task) => checkContents(task),
  'hash-ranges': hashRanges,
  'check-target': ({ path, backupId, targetPath, restoreId }) => {
    const directory = new BackupDirectory(path)
    const { copies, totalBytes } = copyList(directory, backupId)
    return checkTarget({ root: directory.root, targetPath, restoreId }, { fileCount: copies.length, totalBytes })
  },
  'prepare-restore': (order) => prepareRestore(order),
  'copy-files': (task) => copyFiles(task, nodeFileLayer, systemClock, syncBeside),
  'publish-restore': (prepared) => publishRestore(prepared),
  'discard-restore': (order) => ({ isRemoved: discardRestore(order) }),
}

/** Every file of a backup is read here, in a thread that may die without taking the core with it. */
async function answer({ taskId, name, input }: ToWorker): Promise<FromWorker> {
  try {
    const handler = handlers[name] as (input: unknown) => unknown
    return { taskId, outcome: 'done', output: await handler(input) }
  } catch (thrown) {
    if (thrown instanceof StoppedError) return { taskId, outcome: 'stopped' }
    return { taskId, outcome: 'failed', error: toErrorInfo(thrown) }
  }
}

const port = parentPort
assert(port !== null, 'worker-main runs in a worker thread')
const order = workerData as ArchiverThreadOrder | undefined
if (order?.role === 'archiver') new ArchiverThread(port, order)
else port.on('message', async (message: ToWorker) => port.postMessage(await answer(message)))
