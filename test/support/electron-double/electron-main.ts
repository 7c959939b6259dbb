/**
 * Stands in for the `electron` module of the main process: only what our host uses. Everything that would show on a
 * screen or leave the process goes to the test, which logs it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { Peer } from './peer.ts'
import { MessageChannelMain, type MessagePortMain, type PortMessage, PortRelay } from './ports.ts'
import { strict } from './strict.ts'

export { MessageChannelMain }

type Setup = { userData: string; version: string; isPackaged: boolean; hasSingleInstanceLock: boolean }
const setup = JSON.parse(process.env.ELECTRON_DOUBLE_SETUP ?? '') as Setup

/** An emitter that knows its events: listening for another one throws. */
class KnownEmitter extends EventEmitter {
  readonly #name: string
  readonly #events: readonly string[]

  constructor(name: string, events: readonly string[]) {
    super()
    this.#name = name
    this.#events = events
  }

  // biome-ignore lint/suspicious/noExplicitAny: as loose as EventEmitter's own
  override on(event: string, listener: (...args: any[]) => void): this {
    if (!this.#events.includes(event))
      throw new Error(`electron double: ${this.#name} event ${event} is not implemented`)
    return super.on(event, listener)
  }

  /** Emits an event that a listener can prevent; whether one did. */
  emitPreventable(event: string, facts: object = {}): boolean {
    let isPrevented = false
    this.emit(event, { ...facts, preventDefault: () => (isPrevented = true) })
    return isPrevented
  }
}

const note = (effect: string, detail: unknown): void => test.tell('note', effect, detail)

class App extends KnownEmitter {
  readonly isPackaged = setup.isPackaged
  isReady = false
  readonly #ready = new Promise<void>((resolve) => {
    // the main script's first turn comes before `ready`, as in Electron
    setImmediate(() => {
      this.isReady = true
      resolve()
    })
  })

  constructor() {
    super('app', ['second-instance', 'activate', 'before-quit', 'window-all-closed', 'web-contents-created'])
  }

  whenReady = (): Promise<void> => this.#ready
  enableSandbox = (): void => note('enableSandbox', null)
  requestSingleInstanceLock = (): boolean => setup.hasSingleInstanceLock
  getVersion = (): string => setup.version
  /** tests always start it with user data of its own */
  commandLine = { hasSwitch: (name: string): boolean => name === 'user-data-dir' }
  getPath(name: string): string {
    if (name === 'userData') return setup.userData
    throw new Error(`electron double: app.getPath('${name}') is not implemented`)
  }
  quit(): void {
    if (this.emitPreventable('before-quit')) return
    for (const child of children) child.kill()
    process.exit(0)
  }
}
const ownApp = new App()
export const app = strict('app', ownApp)

const refusedPreferences: Record<string, boolean> = {
  nodeIntegration: true,
  nodeIntegrationInWorker: true,
  nodeIntegrationInSubFrames: true,
  contextIsolation: false,
  sandbox: false,
  webSecurity: false,
  webviewTag: true,
  allowRunningInsecureContent: true,
}

type WebPreferences = Record<string, unknown> & { preload?: string }
type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

class WebContents extends KnownEmitter {
  readonly id: number
  readonly relay: PortRelay
  openHandler: OpenHandler = () => ({ action: 'allow' })
  readonly #preferences: WebPreferences

  constructor(id: number, preferences: WebPreferences) {
    super('webContents', ['will-navigate', 'will-attach-webview'])
    this.id = id
    this.#preferences = preferences
    this.relay = new PortRelay((message) => test.tell('pagePort', id, message))
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    test.tell(
      'pageMessage',
      this.id,
      channel,
      [message],
      transfer.map((port) => this.relay.give(port)),
    )
  }
  reload = (): Promise<unknown> => test.call('reload', this.id)
  getLastWebPreferences = (): WebPreferences => this.#preferences
}

const windows = new Map<number, BrowserWindow>()
let windowCount = 0

export class BrowserWindow extends KnownEmitter {
  readonly id = ++windowCount
  readonly webContents: WebContents
  readonly #created: Promise<unknown>

  constructor({ webPreferences, ...options }: { webPreferences: WebPreferences } & Record<string, unknown>) {
    super('BrowserWindow', ['ready-to-show', 'closed'])
    for (const [name, value] of Object.entries(refusedPreferences)) {
      if (webPreferences[name] === value) throw new Error(`electron double: refused webPreferences.${name}: ${value}`)
    }
    this.webContents = strict('webContents', new WebContents(this.id, webPreferences))
    const self = strict('BrowserWindow', this)
    windows.set(this.id, self)
    note('window', { ...options, webPreferences })
    this.#created = test.call('createPage', this.id, webPreferences.preload ?? null)
    ownApp.emit('web-contents-created', {}, this.webContents)
    // biome-ignore lint/correctness/noConstructorReturn: callers must get the strict view
    return self
  }

  static getAllWindows = (): BrowserWindow[] => [...windows.values()]
  static fromWebContents = (contents: WebContents): BrowserWindow | null => windows.get(contents.id) ?? null

  async loadURL(url: string): Promise<void> {
    await this.#created
    await test.call('loadURL', this.id, url)
    this.emit('ready-to-show')
  }
  close(): void {
    windows.delete(this.id)
    this.webContents.relay.closeAll()
    void test.call('closePage', this.id).then(() => {
      this.emit('closed')
      if (windows.size === 0) ownApp.emit('window-all-closed')
    })
  }
  show = (): void => note('show', this.id)
  focus = (): void => note('focus', this.id)
  isMinimized = (): boolean => false
}

type Handler = (event: object, ...args: unknown[]) => unknown
const invokeHandlers = new Map<string, Handler>()
export const ipcMain = strict('ipcMain', {
  handle(channel: string, handler: Handler): void {
    if (invokeHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    invokeHandlers.set(channel, handler)
  },
})

const askDialog = (name: string, args: unknown[]): Promise<unknown> =>
  test.call(
    'dialog',
    name,
    args.find((arg) => !(arg instanceof BrowserWindow)),
  )
export const dialog = strict('dialog', {
  showOpenDialog: (...args: unknown[]) => askDialog('showOpenDialog', args),
  showMessageBox: (...args: unknown[]) => askDialog('showMessageBox', args),
})

export const shell = strict('shell', {
  openExternal: async (url: string) => note('openExternal', url),
  showItemInFolder: (path: string) => note('showItemInFolder', path),
})

let themeSource = 'system'
export const nativeTheme = strict('nativeTheme', {
  shouldUseDarkColors: false,
  get themeSource(): string {
    return themeSource
  },
  set themeSource(theme: string) {
    themeSource = theme
    note('themeSource', theme)
  },
})

type ItemTemplate = { label?: string; role?: string; click?(): void; submenu?: ItemTemplate[] }
type MenuOf = { items: object[] }
const menuOf = (template: ItemTemplate[]): MenuOf => ({
  items: template.map(({ submenu, ...item }) => ({ ...item, ...(submenu && { submenu: menuOf(submenu) }) })),
})
let applicationMenu: MenuOf | null = null
export const Menu = strict('Menu', {
  buildFromTemplate: menuOf,
  setApplicationMenu: (menu: MenuOf) => {
    applicationMenu = menu
  },
  getApplicationMenu: () => applicationMenu,
})

type PermissionRequest = (contents: null, permission: string, answer: (is: boolean) => void, details: object) => void
type PermissionCheck = (contents: null, permission: string, origin: string) => boolean
let permissionRequest: PermissionRequest = (_contents, _permission, answer) => answer(true)
let permissionCheck: PermissionCheck = () => true
const defaultSession = strict('session', {
  setPermissionRequestHandler: (handler: PermissionRequest) => {
    permissionRequest = handler
  },
  setPermissionCheckHandler: (handler: PermissionCheck) => {
    permissionCheck = handler
  },
  /** Of the double alone: what the handlers say. */
  decide(permission: string, url: string): Promise<{ request: boolean; check: boolean }> {
    const check = permissionCheck(null, permission, url)
    return new Promise((resolve) => {
      permissionRequest(null, permission, (request) => resolve({ request, check }), { requestingUrl: url })
    })
  },
})
export const session = strict('session', { defaultSession })

const schemeHandlers = new Map<string, ((request: Request) => Promise<Response>) | null>()
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(custom: { scheme: string }[]): void {
    if (ownApp.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme } of custom) schemeHandlers.set(scheme, null)
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    if (!schemeHandlers.has(scheme)) throw new Error(`electron double: ${scheme} was not registered as privileged`)
    schemeHandlers.set(scheme, handler)
  },
})

const children = new Set<ChildProcess>()
class UtilityProcess extends KnownEmitter {
  readonly pid: number | undefined
  readonly #child: ChildProcess
  readonly #peer: Peer
  readonly #relay: PortRelay

  constructor(modulePath: string, args: string[], serviceName: string) {
    super('UtilityProcess', ['message', 'exit'])
    const execArgv = ['--import', new URL('./utility-register.ts', import.meta.url).href]
    this.#child = fork(modulePath, args, { execArgv, serialization: 'advanced' })
    this.pid = this.#child.pid
    children.add(this.#child)
    this.#relay = new PortRelay((message) => this.#peer.tell('port', message))
    this.#peer = new Peer(this.#child, {
      message: (data: unknown) => this.emit('message', data),
      port: (message: PortMessage) => this.#relay.receive(message),
    })
    this.#child.once('exit', (code) => {
      children.delete(this.#child)
      note('utilityExit', { serviceName, pid: this.pid })
      this.#relay.closeAll()
      this.emit('exit', code)
    })
    note('utilityFork', { serviceName, pid: this.pid })
  }

  postMessage(data: unknown, ports: MessagePortMain[] = []): void {
    this.#peer.tell(
      'message',
      data,
      ports.map((port) => this.#relay.give(port)),
    )
  }
  kill = (): boolean => this.#child.kill()
}
export const utilityProcess = strict('utilityProcess', {
  fork: (modulePath: string, args: string[] = [], options: { serviceName?: string } = {}) =>
    strict('UtilityProcess', new UtilityProcess(modulePath, args, options.serviceName ?? 'Node Utility Process')),
})

/** The test's side asks for these. */
const test = new Peer(process, {
  async invoke(
    windowId: number,
    frame: { url: string; parent: object | null } | null,
    channel: string,
    args: unknown[],
  ) {
    const sender = windows.get(windowId)?.webContents
    const handler = invokeHandlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return await handler({ sender, senderFrame: frame && strict('senderFrame', frame) }, ...args)
  },
  pagePort: (windowId: number, message: PortMessage) => windows.get(windowId)?.webContents.relay.receive(message),
  pageUnloaded: (windowId: number) => windows.get(windowId)?.webContents.relay.closeAll(),
  willNavigate: (windowId: number, url: string) =>
    windows.get(windowId)?.webContents.emitPreventable('will-navigate', { url }),
  windowOpen: (windowId: number, url: string) => windows.get(windowId)?.webContents.openHandler({ url }).action,
  async fetch(url: string, method: string) {
    const handler = schemeHandlers.get(new URL(url).protocol.slice(0, -1))
    if (!handler) return null
    const response = await handler(new Request(url, { method }))
    const body = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  },
  async evaluate(source: string, arg: unknown) {
    const run = new Function(`return (${source})`)() as (electron: object, arg: unknown) => unknown
    return await run(strict('electron', { app, BrowserWindow, dialog, Menu, nativeTheme, session, shell }), arg)
  },
  quit: () => ownApp.quit(),
})
