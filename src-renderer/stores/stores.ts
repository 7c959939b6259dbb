import { createContext } from 'svelte'
import type { Host } from '../host/host.ts'
import { BackupLists } from './backup-lists.svelte.ts'
import { Backups } from './backups.ts'
import { Clock } from './clock.svelte.ts'
import { Connection } from './connection.svelte.ts'
import { Demo } from './demo.svelte.ts'
import { Jobs } from './jobs.svelte.ts'
import { Navigation } from './navigation.svelte.ts'
import { Notices } from './notices.svelte.ts'
import { Overlay } from './overlay.svelte.ts'
import { Recoveries } from './recoveries.ts'
import { Servers } from './servers.svelte.ts'
import { Settings } from './settings.svelte.ts'
import { Sources } from './sources.svelte.ts'
import { StateJobs } from './state-jobs.svelte.ts'

export type Stores = ReturnType<typeof createStores>

/** Everything the screen knows, made once and handed down by context. */
export function createStores(host: Host) {
  const connection = new Connection(host)
  const sources = new Sources(connection)
  const jobs = new Jobs(connection, () => performance.now())
  const backups = new Backups(connection)
  return {
    host,
    connection,
    sources,
    servers: new Servers(connection),
    jobs,
    demo: new Demo(connection, jobs),
    backups,
    recoveries: new Recoveries(connection),
    stateJobs: new StateJobs(connection, jobs),
    backupLists: new BackupLists({ connection, sources, jobs, backups }),
    settings: new Settings(host, window.localStorage),
    clock: new Clock(),
    navigation: new Navigation(),
    overlay: new Overlay(),
    notices: new Notices(),
  }
}

/** Begins to listen, until the signal ends. */
export function startStores(stores: Stores, signal: AbortSignal): void {
  stores.sources.start(signal)
  stores.servers.start(signal)
  stores.jobs.start(signal)
  stores.backupLists.start(signal)
  stores.clock.start(signal)
  stores.navigation.start(signal)
  void stores.connection.start(signal)
}

export const [getStores, setStores] = createContext<Stores>()
