import { app, BrowserWindow, nativeTheme, type Session, shell, type WebContents } from 'electron'
import { pageHost, pageScheme, pageUrl } from './channels.ts'

/** Whether an address is of our own page. */
export function isPageUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === `${pageScheme}:` && new URL(url).host === pageHost
}

function openInBrowser(url: string): void {
  if (URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)) void shell.openExternal(url)
}

/** The page stays where it is and opens no windows; a link to the web goes to the user's browser. */
export function confineContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    event.preventDefault()
    openInBrowser(event.url)
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    openInBrowser(url)
    return { action: 'deny' }
  })
}

/** Refuses every permission but the one that "copy" needs. */
export function confineSession(session: Session): void {
  const isGranted = (permission: string, url: string): boolean =>
    permission === 'clipboard-sanitized-write' && isPageUrl(url)
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(isGranted(permission, details.requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, origin) => isGranted(permission, origin))
}

/** Opens the window with the page in it. */
export function openWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Lifeboat',
    width: 1280,
    height: 820,
    minWidth: 720,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101418' : '#ffffff',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(pageUrl)
  return window
}
