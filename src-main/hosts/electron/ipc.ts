import { isAbsolute } from 'node:path'
import { BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain, nativeTheme, shell, type WebContents } from 'electron'
import { z } from 'zod'
import { channels } from './channels.ts'
import { isPageUrl } from './window.ts'

const Title = z.string().min(1).max(200)
const AbsolutePath = z.string().min(1).max(4096).refine(isAbsolute, 'not an absolute path')
const WebUrl = z.url({ protocol: /^https?$/ }).max(2048)
const Theme = z.enum(['dark', 'light', 'system'])

/** Our window, if the call came from its top frame at our own origin. */
function senderWindow(event: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(event.sender)
  const frame = event.senderFrame
  if (window === null || frame === null || frame.parent !== null || !isPageUrl(frame.url)) {
    throw new Error('refused: the call does not come from the page of Lifeboat')
  }
  return window
}

function handle<Schema extends z.ZodType, Result>(
  channel: string,
  schema: Schema,
  run: (input: z.infer<Schema>, window: BrowserWindow) => Result | Promise<Result>,
): void {
  ipcMain.handle(channel, async (event, input: unknown) => {
    const window = senderWindow(event)
    const parsed = schema.safeParse(input)
    if (!parsed.success) throw new Error(`refused: ${z.prettifyError(parsed.error)}`)
    return await run(parsed.data, window)
  })
}

/** Asks for a directory in the native dialog; null when it was cancelled. */
export async function chooseDirectory(window: BrowserWindow, title: string): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: ['openDirectory', 'createDirectory'],
  })
  return canceled ? null : (filePaths[0] ?? null)
}

/** Serves the page's native abilities; `requestPort` is called for a page that wants to talk to the core. */
export function registerIpc(requestPort: (contents: WebContents) => void): void {
  handle(channels.chooseDirectory, Title, (title, window) => chooseDirectory(window, title))
  handle(channels.revealPath, AbsolutePath, (path) => shell.showItemInFolder(path))
  handle(channels.openExternal, WebUrl, (url) => shell.openExternal(url))
  handle(channels.setTheme, Theme, (theme) => {
    nativeTheme.themeSource = theme
  })
  handle(channels.requestPort, z.undefined(), (_, window) => requestPort(window.webContents))
}
