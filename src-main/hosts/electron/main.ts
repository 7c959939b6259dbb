import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, type BrowserWindow, dialog, MessageChannelMain, session, type WebContents } from 'electron'
import { defaultDataFolder } from '../../core/default-data-folder.ts'
import { portMessage } from './channels.ts'
import { CoreSupervisor } from './core-supervisor.ts'
import { chooseDirectory, registerIpc } from './ipc.ts'
import { setMenu } from './menu.ts'
import { directoryArgument } from './open-argument.ts'
import { declarePageScheme, servePage } from './page-protocol.ts'
import { confineContents, confineSession, openWindow } from './window.ts'

const inBundle = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** In development the app's own folder is an argument of the Electron binary. */
const ownArguments = (argv: readonly string[]): readonly string[] => argv.slice(app.isPackaged ? 1 : 2)

/** One catalogue for window and terminal, unless the window was started with user data of its own. */
function dataFolder(): string {
  const isOwn = app.commandLine.hasSwitch('user-data-dir')
  return isOwn ? join(app.getPath('userData'), 'data') : defaultDataFolder(process.platform, process.env)
}

class Desktop {
  #window: BrowserWindow | null = null
  #hasAskedForPort = false
  readonly #core = new CoreSupervisor(
    inBundle('./core-process.js'),
    [`--data-folder=${dataFolder()}`, `--app-version=${app.getVersion()}`],
    {
      onReady: () => this.#connect(),
      onGaveUp: (lastFailure) => void this.#tellGaveUp(lastFailure),
      onOpenFailed: (path, message) => this.#tellOpenFailed(path, message),
    },
  )

  start(): void {
    confineSession(session.defaultSession)
    servePage(inBundle('../renderer'))
    registerIpc((contents) => this.#onPortRequest(contents))
    setMenu({ openDirectory: () => void this.#openDirectory() })
    this.#core.start()
    this.show()
    this.openArgument(ownArguments(process.argv), process.cwd())
  }

  show(): void {
    if (this.#window === null) {
      const window = openWindow(inBundle('./preload.cjs'))
      window.on('closed', () => {
        this.#window = null
        this.#hasAskedForPort = false
      })
      this.#window = window
      return
    }
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.focus()
  }

  openArgument(args: readonly string[], workingDirectory: string): void {
    const path = directoryArgument(args, workingDirectory)
    if (path !== null) this.#core.open(path)
  }

  stop(): Promise<void> {
    return this.#core.stop()
  }

  #onPortRequest(contents: WebContents): void {
    if (contents !== this.#window?.webContents) return
    this.#hasAskedForPort = true
    this.#connect()
  }

  #connect(): void {
    if (this.#window === null || !this.#hasAskedForPort) return
    const { port1, port2 } = new MessageChannelMain()
    if (this.#core.serve(port1)) this.#window.webContents.postMessage(portMessage, null, [port2])
  }

  async #openDirectory(): Promise<void> {
    this.show()
    const path = this.#window && (await chooseDirectory(this.#window, 'Open a backup directory'))
    if (path !== null) this.#core.open(path)
  }

  async #tellGaveUp(lastFailure: string | null): Promise<void> {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: 'The part of Lifeboat that reads backups keeps stopping',
      detail: `${lastFailure ?? 'It ended unexpectedly.'}\n\nIt was started again 5 times in 10 minutes. Your backups were only read, never changed.`,
      buttons: ['Start it again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    })
    if (response === 0) this.#core.startAgain()
    else app.quit()
  }

  #tellOpenFailed(path: string, message: string): void {
    void dialog.showMessageBox({ type: 'error', message: `Could not open ${path}`, detail: message })
  }
}

function run(): void {
  app.enableSandbox()
  declarePageScheme()
  app.on('web-contents-created', (_event, contents) => confineContents(contents))
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  void app.whenReady().then(() => {
    const desktop = new Desktop()
    let isStopped = false
    app.on('second-instance', (_event, argv, workingDirectory) => {
      desktop.show()
      desktop.openArgument(ownArguments(argv), workingDirectory)
    })
    app.on('activate', () => desktop.show())
    app.on('before-quit', (event) => {
      if (isStopped) return
      // the core brings its jobs to rest first
      event.preventDefault()
      void desktop.stop().then(() => {
        isStopped = true
        app.quit()
      })
    })
    desktop.start()
  })
}

// a second start hands its arguments to the first one
if (app.requestSingleInstanceLock()) run()
else app.quit()
