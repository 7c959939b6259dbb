/** The page's address in the desktop host: a scheme of our own, so that it has an origin and a strict policy. */
export const pageScheme = 'app'
export const pageHost = 'lifeboat'
export const pageUrl = `${pageScheme}://${pageHost}/index.html`

/** Every call from the page to the main process. At most eight: whatever is not native goes through the core. */
export const channels = {
  chooseDirectory: 'lifeboat:choose-directory',
  revealPath: 'lifeboat:reveal-path',
  openExternal: 'lifeboat:open-external',
  setTheme: 'lifeboat:set-theme',
  requestPort: 'lifeboat:request-port',
} as const

/** Main to preload, and preload to page: carries the port to the core. */
export const portMessage = 'lifeboat:port'

/** Main process to core. `serve` carries one port. */
export type ToCore = { type: 'serve' } | { type: 'open'; path: string } | { type: 'close' }

/** Core to main process. `failed`: it could not start and exits. */
export type FromCore =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  | { type: 'open-failed'; path: string; message: string }
