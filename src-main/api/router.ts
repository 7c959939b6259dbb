import { implement } from '@orpc/server'
import { AppError } from '#base/app-error.ts'
import { contract } from '#contract'
import { backupDetail, backupsOfSource, hasBackup } from '../catalog/backups.ts'
import { filesOfBackup } from '../catalog/files.ts'
import { verificationById, verificationsOf } from '../catalog/verifications.ts'
import { answering } from './errors.ts'
import type { Services } from './services.ts'

/** The contract's handlers: each calls one function and answers. */
export function createRouter(services: Services) {
  const { commits, compare, database, data, info, jobs, recovery, restore, servers, sources, verify } = services
  const os = implement(contract)
  return os.router({
    app: { info: os.app.info.handler(() => info) },
    sources: {
      list: os.sources.list.handler(() => answering(() => sources.list())),
      get: os.sources.get.handler(({ input }) => answering(() => sources.get(input.sourceId))),
      open: os.sources.open.handler(({ input }) => answering(() => sources.open(input.path))),
      refresh: os.sources.refresh.handler(({ input }) => answering(() => sources.refresh(input.sourceId))),
      forget: os.sources.forget.handler(({ input }) =>
        answering(() => {
          sources.forget(input.sourceId)
          return {}
        }),
      ),
      watch: os.sources.watch.handler(({ signal }) => sources.watch(signal)),
      browse: os.sources.browse.handler(({ input }) => answering(() => sources.browse(input.path))),
    },
    backups: {
      list: os.backups.list.handler(({ input }) =>
        answering(() => backupsOfSource(database, sources.get(input.sourceId).sourceId)),
      ),
      get: os.backups.get.handler(({ input }) =>
        answering(() => backupDetail(database, input.sourceId, input.backupId) ?? notFound.backup(input.backupId)),
      ),
    },
    files: {
      list: os.files.list.handler(({ input }) =>
        answering(() =>
          !hasBackup(database, input.sourceId, input.backupId)
            ? notFound.backup(input.backupId)
            : filesOfBackup(database, input.sourceId, input.backupId, input),
        ),
      ),
    },
    data: {
      describe: os.data.describe.handler(({ input }) => answering(() => data.describe(input.state))),
      page: os.data.page.handler(({ input }) => answering(() => data.page(input))),
      value: os.data.value.handler(({ input }) => answering(() => data.value(input))),
      history: os.data.history.handler(({ input }) => answering(() => data.history(input))),
      count: os.data.count.handler(({ input }) => answering(() => data.count(input))),
    },
    commits: {
      list: os.commits.list.handler(({ input }) => answering(() => commits.list(input))),
      at: os.commits.at.handler(({ input }) => answering(() => commits.at(input))),
      findAccidents: os.commits.findAccidents.handler(({ input }) =>
        answering(() => commits.findAccidents(input.state)),
      ),
    },
    compare: {
      start: os.compare.start.handler(({ input }) => answering(() => compare.start(input))),
      page: os.compare.page.handler(({ input }) => answering(() => compare.page(input))),
    },
    verify: {
      start: os.verify.start.handler(({ input }) => answering(() => verify.start(input))),
      list: os.verify.list.handler(({ input }) =>
        answering(() => verificationsOf(database, sources.get(input.sourceId).sourceId, input.backupId)),
      ),
      get: os.verify.get.handler(({ input }) =>
        answering(
          () => verificationById(database, input.verificationId) ?? notFound.verification(input.verificationId),
        ),
      ),
    },
    restore: {
      plan: os.restore.plan.handler(({ input }) => answering(() => restore.plan(input))),
      start: os.restore.start.handler(({ input }) => answering(() => restore.start(input))),
    },
    recovery: {
      overview: os.recovery.overview.handler(({ input }) => answering(() => recovery.overview(input.sourceId))),
      activity: os.recovery.activity.handler(({ input }) => answering(() => recovery.activity(input))),
      commitsAround: os.recovery.commitsAround.handler(({ input }) => answering(() => recovery.commitsAround(input))),
      typedPoint: os.recovery.typedPoint.handler(({ input }) => answering(() => recovery.typedPoint(input))),
      plan: os.recovery.plan.handler(({ input }) => answering(() => recovery.plan(input))),
      preflight: os.recovery.preflight.handler(({ input }) => answering(() => recovery.preflight(input))),
      start: os.recovery.start.handler(({ input }) => answering(() => recovery.start(input))),
      report: os.recovery.report.handler(({ input }) => answering(() => recovery.report(input.jobId))),
    },
    servers: {
      list: os.servers.list.handler(() => answering(() => servers.list())),
      watch: os.servers.watch.handler(({ signal }) => servers.watch(signal)),
      add: os.servers.add.handler(({ input }) => answering(() => servers.add(input))),
      logIn: os.servers.logIn.handler(({ input }) => answering(() => servers.logIn(input.serverId, input.password))),
      forget: os.servers.forget.handler(({ input }) =>
        answering(async () => {
          await servers.forget(input.serverId)
          return {}
        }),
      ),
      refresh: os.servers.refresh.handler(({ input }) => answering(() => servers.refresh(input.serverId))),
      backups: os.servers.backups.handler(({ input }) => answering(() => servers.backups(input.serverId))),
      create: os.servers.create.handler(({ input }) => answering(() => servers.create(input))),
      verify: os.servers.verify.handler(({ input }) => answering(() => servers.verify(input))),
      prunePreview: os.servers.prunePreview.handler(({ input }) =>
        answering(async () => ({ pruned: await servers.prunePreview(input.serverId) })),
      ),
      prune: os.servers.prune.handler(({ input }) => answering(async () => ({ pruned: await servers.prune(input) }))),
      sentCommands: os.servers.sentCommands.handler(({ input }) =>
        answering(() => servers.sentCommands(input.serverId, input.limit)),
      ),
      startDemo: os.servers.startDemo.handler(() => answering(() => servers.startDemo())),
    },
    jobs: {
      list: os.jobs.list.handler(({ input }) => answering(() => jobs.list(input.limit))),
      get: os.jobs.get.handler(({ input }) => answering(() => jobs.get(input.jobId))),
      watch: os.jobs.watch.handler(({ signal }) => jobs.watch(signal)),
      pause: os.jobs.pause.handler(({ input }) => answering(() => jobs.pause(input.jobId))),
      resume: os.jobs.resume.handler(({ input }) => answering(() => jobs.resume(input.jobId))),
      cancel: os.jobs.cancel.handler(({ input }) => answering(() => jobs.cancel(input.jobId))),
    },
  })
}

const notFound = {
  backup(backupId: number): never {
    throw new AppError('BACKUP_NOT_FOUND', {
      message: 'no such backup',
      subject: `backup ${backupId}`,
      nextStep: 'Refresh the list: it may have been deleted since.',
    })
  },
  verification(verificationId: number): never {
    throw new AppError('VERIFICATION_NOT_FOUND', {
      message: 'no such verification',
      subject: `verification ${verificationId}`,
    })
  },
}
