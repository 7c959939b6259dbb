/** What lies over the page: the palette, the keys, or the dialog that opens a repository. One at a time. */
export class Overlay {
  shown = $state<'palette' | 'keys' | 'open' | null>(null)
  /** What the open dialog starts with. */
  openPath = $state('')
  /** The name of a directory that was dropped without its path, as a browser does. */
  droppedName = $state<string | null>(null)

  show(what: 'palette' | 'keys'): void {
    this.shown = what
  }

  showOpen(start: { path?: string; droppedName?: string } = {}): void {
    this.openPath = start.path ?? ''
    this.droppedName = start.droppedName ?? null
    this.shown = 'open'
  }

  close(): void {
    this.shown = null
  }
}
