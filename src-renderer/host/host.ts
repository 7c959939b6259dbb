import type { Transport } from '../base/transport.ts'

export type Theme = 'dark' | 'light' | 'system'

/** What the page can ask of the program it runs in. What a host cannot do is null, and the screen does not offer it. */
export type Host = {
  readonly kind: 'electron' | 'web'
  /** Opens a line to the core; rejects when that fails, or when the signal ends it. */
  openTransport(signal: AbortSignal): Promise<Transport>
  /** Asks for a directory with the system's dialog. */
  readonly chooseDirectory: ((title: string) => Promise<string | null>) | null
  /** Shows a path in the system's file manager. */
  readonly revealPath: ((path: string) => void) | null
  /** The path of a file or directory that was dropped; null where the page must not know it. */
  pathOfFile(file: File): string | null
  setTheme(theme: Theme): void
}
