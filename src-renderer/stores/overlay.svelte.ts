import type { BackupKind } from './servers.svelte.ts'

/** What is asked about a server over the page. */
export type ServerQuestion =
  | { readonly kind: 'create'; readonly serverId: number; readonly backupKind: BackupKind | null }
  | { readonly kind: 'prune'; readonly serverId: number }
  | { readonly kind: 'forget'; readonly serverId: number }

/** What the dialog for a server begins with. */
export type ServerStart = {
  readonly host: string
  readonly port: number
  readonly userName: string | null
  readonly name: string
  readonly isTls: boolean
}

/** What lies over the page: the palette, the keys, or a dialog. One at a time. */
export class Overlay {
  shown = $state<'palette' | 'keys' | 'open' | 'add-server' | 'server' | null>(null)
  /** What the open dialog starts with. */
  openPath = $state('')
  /** The name of a directory that was dropped without its path, as a browser does. */
  droppedName = $state<string | null>(null)
  serverStart = $state.raw<ServerStart | null>(null)
  question = $state.raw<ServerQuestion | null>(null)

  show(what: 'palette' | 'keys'): void {
    this.shown = what
  }

  showOpen(start: { path?: string; droppedName?: string } = {}): void {
    this.openPath = start.path ?? ''
    this.droppedName = start.droppedName ?? null
    this.shown = 'open'
  }

  showAddServer(start: ServerStart | null = null): void {
    this.serverStart = start
    this.shown = 'add-server'
  }

  ask(question: ServerQuestion): void {
    this.question = question
    this.shown = 'server'
  }

  close(): void {
    this.shown = null
  }
}
