import Activity from '@lucide/svelte/icons/activity'
import Archive from '@lucide/svelte/icons/archive'
import Database from '@lucide/svelte/icons/database'
import FlaskConical from '@lucide/svelte/icons/flask-conical'
import FolderOpen from '@lucide/svelte/icons/folder-open'
import Gauge from '@lucide/svelte/icons/gauge'
import Keyboard from '@lucide/svelte/icons/keyboard'
import RefreshCw from '@lucide/svelte/icons/refresh-cw'
import RotateCcw from '@lucide/svelte/icons/rotate-ccw'
import ServerIcon from '@lucide/svelte/icons/server'
import Settings from '@lucide/svelte/icons/settings'
import ShieldCheck from '@lucide/svelte/icons/shield-check'
import X from '@lucide/svelte/icons/x'
import type { Backup, Server, Source } from '#contract'
import { backupHref, restoreHref, serverHref, sourceHref } from '../base/routes.ts'
import { askAgain, tryDemo } from '../places/parts/server-actions.ts'
import { addressOf } from '../places/parts/server-words.ts'
import { lookAgain, startVerification } from '../places/parts/source-actions.ts'
import type { Stores } from '../stores/stores.ts'
import type { PaletteItem } from '../ui/CommandPalette.svelte'
import { forgetSource } from './forget.ts'

/** What can be done from anywhere. */
export function globalActions(stores: Stores): PaletteItem[] {
  const { navigation, overlay, settings } = stores
  const isDark = settings.shownTheme === 'dark'
  return [
    { id: 'home', title: 'Readiness', context: 'Go to', icon: Gauge, keys: 'g h', run: () => navigation.go('#/') },
    {
      id: 'activity',
      title: 'Activity',
      context: 'Go to',
      icon: Activity,
      keys: 'g a',
      run: () => navigation.go('#/activity'),
    },
    {
      id: 'settings',
      title: 'Settings',
      context: 'Go to',
      icon: Settings,
      keys: 'g s',
      run: () => navigation.go('#/settings'),
    },
    { id: 'open', title: 'Open repository…', icon: FolderOpen, keys: 'o', run: () => overlay.showOpen() },
    { id: 'add-server', title: 'Add server…', icon: ServerIcon, run: () => overlay.showAddServer() },
    { id: 'demo', title: 'Try the demo', icon: FlaskConical, run: () => tryDemo(stores) },
    { id: 'keys', title: 'Show the keys', icon: Keyboard, keys: '?', run: () => overlay.show('keys') },
    {
      id: 'theme',
      title: isDark ? 'Light theme' : 'Dark theme',
      icon: Settings,
      run: () => settings.chooseTheme(isDark ? 'light' : 'dark'),
    },
    {
      id: 'zone',
      title: settings.zoneChoice === 'utc' ? 'Show local time' : 'Show UTC',
      icon: Settings,
      run: () => settings.chooseZone(settings.zoneChoice === 'utc' ? 'local' : 'utc'),
    },
  ]
}

export function sourceActions(stores: Stores, source: Source): PaletteItem[] {
  const { sourceId, name } = source
  const { navigation } = stores
  const verify = () => startVerification(stores, sourceId, null, 'checksum')
  const refresh = () => lookAgain(stores, sourceId)
  return [
    {
      id: `source-${sourceId}`,
      title: name,
      context: source.path,
      icon: Database,
      run: () => navigation.go(sourceHref(sourceId)),
    },
    { id: `verify-${sourceId}`, title: 'Verify all backups', context: name, icon: ShieldCheck, run: verify },
    { id: `refresh-${sourceId}`, title: 'Look again', context: name, icon: RefreshCw, run: refresh },
    { id: `forget-${sourceId}`, title: 'Forget', context: name, icon: X, run: () => forgetSource(stores, source) },
  ]
}

export function serverActions(stores: Stores, server: Server): PaletteItem[] {
  const { serverId, name, capabilities } = server
  const { navigation, overlay } = stores
  const create = (backupKind: 'full' | 'incremental' | null, title: string): PaletteItem => ({
    id: `server-create-${backupKind}-${serverId}`,
    title,
    context: name,
    icon: Archive,
    run: () => overlay.ask({ kind: 'create', serverId, backupKind }),
  })
  const creations =
    capabilities?.create !== true || server.state !== 'ready'
      ? []
      : capabilities.kindsAndLabels
        ? [create('full', 'Create full backup…'), create('incremental', 'Create incremental backup…')]
        : [create(null, 'Create backup…')]
  return [
    {
      id: `server-${serverId}`,
      title: name,
      context: addressOf(server),
      icon: ServerIcon,
      run: () => navigation.go(serverHref(serverId)),
    },
    ...creations,
    {
      id: `server-refresh-${serverId}`,
      title: 'Refresh',
      context: name,
      icon: RefreshCw,
      run: () => askAgain(stores, serverId),
    },
    {
      id: `server-forget-${serverId}`,
      title: 'Forget server…',
      context: name,
      icon: X,
      run: () => overlay.ask({ kind: 'forget', serverId }),
    },
  ]
}

export function backupActions({ navigation }: Stores, source: Source, backup: Backup): PaletteItem[] {
  const id = `${source.sourceId}-${backup.backupId}`
  const title = `Backup ${backup.backupId}`
  return [
    {
      id: `backup-${id}`,
      title,
      context: source.name,
      icon: Archive,
      run: () => navigation.go(backupHref(backup, 'overview')),
    },
    {
      id: `data-${id}`,
      title: `${title}: data`,
      context: source.name,
      icon: Archive,
      run: () => navigation.go(backupHref(backup, 'data')),
    },
    {
      id: `restore-${id}`,
      title: `Restore ${title.toLowerCase()}…`,
      context: source.name,
      icon: RotateCcw,
      run: () => navigation.go(restoreHref(backup)),
    },
  ]
}
