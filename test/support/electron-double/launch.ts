import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core'
import { DoublePage } from './double-page.ts'
import { Peer } from './peer.ts'
import type { PortMessage } from './ports.ts'

export type Effect = { readonly effect: string; readonly detail: unknown }
export type LaunchOptions = {
  browser: Browser
  /** the app's folder: its package.json names the main script */
  appFolder: string
  userData: string
  args?: string[]
  hasSingleInstanceLock?: boolean
}
/** What `evaluate` runs with: the stand-in's module, as loosely typed as a test needs it. */
// biome-ignore lint/suspicious/noExplicitAny: the function runs in another process against the stand-in's module
type ElectronModule = any

const substitute = '.electron-double.invalid'

/** app://host/x -> https://app--host.electron-double.invalid/x: stock Chromium navigates to no scheme of ours. */
function toChromium(url: string): string {
  const { protocol, host, pathname, search, hash } = new URL(url)
  if (['http:', 'https:', 'about:'].includes(protocol)) return url
  return `https://${protocol.slice(0, -1)}--${host}${substitute}${pathname}${search}${hash}`
}

function fromChromium(url: string): string {
  if (!URL.canParse(url) || !new URL(url).hostname.endsWith(substitute)) return url
  const { hostname, pathname, search, hash } = new URL(url)
  const [scheme, host] = hostname.slice(0, -substitute.length).split('--')
  return `${scheme}://${host}${pathname}${search}${hash}`
}

/** A built Electron app running on Node and Chromium pages, in the shape of Playwright's ElectronApplication. */
export class ElectronDouble {
  /** Every outward effect, in order. */
  readonly effects: Effect[] = []
  readonly #child: ChildProcess
  readonly #peer: Peer
  readonly #context: BrowserContext
  readonly #pages = new Map<number, DoublePage>()
  readonly #answers = new Map<string, unknown[]>()
  readonly #watchers = new Set<() => void>()
  #output = ''

  private constructor(context: BrowserContext, options: LaunchOptions) {
    const manifest = JSON.parse(readFileSync(join(options.appFolder, 'package.json'), 'utf8')) as Record<string, string>
    const setup = {
      userData: options.userData,
      version: manifest.version,
      isPackaged: false,
      hasSingleInstanceLock: options.hasSingleInstanceLock ?? true,
    }
    this.#context = context
    // process.argv is then as in development: the program, the app, its arguments
    this.#child = fork(join(options.appFolder, manifest.main ?? ''), options.args ?? [], {
      cwd: options.appFolder,
      execArgv: ['--import', new URL('./app-register.ts', import.meta.url).href],
      env: { ...process.env, NODE_OPTIONS: '', ELECTRON_DOUBLE_SETUP: JSON.stringify(setup) },
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
    this.#peer = new Peer(this.#child, {
      note: (effect: string, detail: unknown) => this.#note(effect, detail),
      dialog: (name: string, dialogOptions: unknown) => this.#answer(name, dialogOptions),
      createPage: (id: number, preload: string | null) => this.#createPage(id, preload),
      loadURL: (id: number, url: string) => this.#page(id).load((page) => page.goto(toChromium(url))),
      reload: (id: number) => this.#page(id).load((page) => page.reload()),
      closePage: (id: number) => this.#page(id).page.close(),
      pageMessage: (id: number, channel: string, args: unknown[], portIds: string[]) =>
        this.#page(id).postMessage(channel, args, portIds),
      pagePort: (id: number, message: PortMessage) => this.#pages.get(id)?.postToPort(message),
    })
    this.#child.once('exit', () => {
      this.#peer.close()
      this.#note('exit', null)
    })
  }

  static async launch(options: LaunchOptions): Promise<ElectronDouble> {
    const context = await options.browser.newContext()
    const double = new ElectronDouble(context, options)
    await context.route('**/*', (route, request) => double.#route(route, request))
    context.on('page', (page) => double.#onPage(page))
    return double
  }

  /** The first window's page, loaded. */
  async firstWindow(): Promise<Page> {
    await this.waitForEffect('loaded')
    return this.windows()[0]!
  }

  windows(): Page[] {
    return [...this.#pages.values()].map(({ page }) => page)
  }

  /** Runs a function in the app's process with the `electron` module, as Playwright does. */
  async evaluate<Result, Arg>(
    run: (electron: ElectronModule, arg: Arg) => Result,
    arg?: Arg,
  ): Promise<Awaited<Result>> {
    return (await this.#peer.call('evaluate', run.toString(), arg)) as Awaited<Result>
  }

  /** Queues the answer to the next dialog of that name. A dialog without an answer fails. */
  answerDialog(name: 'showOpenDialog' | 'showMessageBox', answer: unknown): void {
    this.#answers.set(name, [...(this.#answers.get(name) ?? []), answer])
  }

  /** Calls a handler of ipcMain as a frame of the test's choice. */
  invokeAs(
    frame: { url: string; parent: object | null } | null,
    channel: string,
    ...args: unknown[]
  ): Promise<unknown> {
    const [windowId] = this.#pages.keys()
    return this.#peer.call('invoke', windowId, frame, channel, args)
  }

  /** Resolves with the effect once it is logged (the `count`th of its name). */
  async waitForEffect(name: string, count = 1): Promise<Effect> {
    for (;;) {
      const found = this.effects.filter(({ effect }) => effect === name)[count - 1]
      if (found !== undefined) return found
      if (this.effects.some(({ effect }) => effect === 'exit')) throw new Error(`the app ended:\n${this.#output}`)
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  /** What the app's process and its utility processes printed. */
  output(): string {
    return this.#output
  }

  /** Quits the app as its user would; kills what does not end within 10 s. */
  async close(): Promise<void> {
    const isRunning = this.#child.exitCode === null && this.#child.signalCode === null
    if (isRunning) {
      const exited = once(this.#child, 'exit')
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
      this.#peer.tell('quit')
      await exited
      clearTimeout(timer)
    }
    await this.#context.close()
  }

  #page(id: number): DoublePage {
    const page = this.#pages.get(id)
    if (page === undefined) throw new Error(`electron double: no page ${id}`)
    return page
  }

  #note(effect: string, detail: unknown): void {
    this.effects.push({ effect, detail })
    for (const wake of this.#watchers) wake()
    this.#watchers.clear()
  }

  #answer(name: string, options: unknown): unknown {
    this.#note(name, options)
    const answer = this.#answers.get(name)?.shift()
    if (answer === undefined) throw new Error(`electron double: nobody answers dialog.${name}`)
    return answer
  }

  async #createPage(id: number, preload: string | null): Promise<void> {
    const opened = await DoublePage.open(this.#context, preload, {
      invoke: (page, channel, args) =>
        this.#peer.call('invoke', id, { url: fromChromium(page.url()), parent: null }, channel, args),
      port: (message) => this.#peer.tell('pagePort', id, message),
      unloaded: () => this.#peer.tell('pageUnloaded', id),
      preloadFailed: (message) => this.#note('preloadFailed', message),
    })
    this.#pages.set(id, opened)
    opened.page.on('load', () => this.#note('loaded', fromChromium(opened.page.url())))
    opened.page.on('pageerror', (error) => this.#note('pageError', error.message))
  }

  /** A pop-up that makes no request shows up only as a page; another one was refused before it shows up. */
  async #onPage(page: Page): Promise<void> {
    if ((await page.opener()) === null) return
    if (page.url() === 'about:blank') await this.#windowOpen(page.url())
    await page.close()
  }

  async #windowOpen(url: string): Promise<void> {
    const [windowId] = this.#pages.keys()
    const action = await this.#peer.call('windowOpen', windowId, fromChromium(url))
    this.#note('windowOpen', { url: fromChromium(url), action })
    if (action !== 'deny') throw new Error('electron double: allowing window.open is not implemented')
  }

  async #route(route: Route, request: Request): Promise<void> {
    const url = fromChromium(request.url())
    if (request.isNavigationRequest()) {
      const owner = this.#ownerOf(request)
      if (owner === null) {
        await this.#windowOpen(url)
        return route.abort()
      }
      const [id, { page, isLoading }] = owner
      if (request.frame() === page.mainFrame() && !isLoading) {
        const isPrevented = await this.#peer.call('willNavigate', id, url)
        this.#note('willNavigate', { url, isPrevented })
        if (isPrevented) return route.fulfill({ status: 204 })
      }
    }
    const response = url === request.url() ? null : await this.#peer.call('fetch', url, request.method())
    if (response === null) {
      this.#note('blockedRequest', url)
      return route.abort()
    }
    const { status, headers, body } = response as { status: number; headers: Record<string, string>; body: Uint8Array }
    return route.fulfill({ status, headers, body: Buffer.from(body) })
  }

  /** The window a navigation belongs to; null: it is a pop-up's first, which has no frame yet. */
  #ownerOf(request: Request): [number, DoublePage] | null {
    try {
      const page = request.frame().page()
      return [...this.#pages].find(([, candidate]) => candidate.page === page) ?? null
    } catch {
      return null
    }
  }
}
