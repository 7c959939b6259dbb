import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import type { PortMessage } from './ports.ts'

const script = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const preloadWorld = 'electron-double-preload'

/** What a page's preload sends through its binding. */
type FromPreload =
  | { type: 'invoke'; id: number; channel: string; args: unknown[] }
  | ({ type: 'port' } & PortMessage)
  | { type: 'loaded'; error?: string }

/** Where a page's preload reaches the main process. */
type Exits = {
  invoke(page: Page, channel: string, args: unknown[]): Promise<unknown>
  port(message: PortMessage): void
  unloaded(): void
  preloadFailed(message: string): void
}

/** A Chromium page as Electron would set it up: the preload in a world of its own, with the only way out. */
export class DoublePage {
  /** The double itself navigates: no `will-navigate`. */
  isLoading = false
  readonly page: Page
  readonly #cdp: CDPSession
  readonly #exits: Exits
  #preloadContextId: number | null = null

  private constructor(page: Page, cdp: CDPSession, exits: Exits) {
    this.page = page
    this.#cdp = cdp
    this.#exits = exits
  }

  static async open(context: BrowserContext, preload: string | null, exits: Exits): Promise<DoublePage> {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    const opened = new DoublePage(page, cdp, exits)
    if (preload !== null) await opened.#installPreload(readFileSync(preload, 'utf8'))
    return opened
  }

  /** Navigates on the main process's behalf. */
  async load(navigate: (page: Page) => Promise<unknown>): Promise<void> {
    this.isLoading = true
    try {
      await navigate(this.page)
    } finally {
      this.isLoading = false
    }
  }

  postMessage(channel: string, args: unknown[], portIds: string[]): Promise<void> {
    return this.#toPreload({ type: 'message', channel, args, portIds })
  }

  postToPort(message: PortMessage): Promise<void> {
    return this.#toPreload({ ...message, type: 'port' })
  }

  async #installPreload(source: string): Promise<void> {
    const cdp = this.#cdp
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    const { frameTree } = await cdp.send('Page.getFrameTree')
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === preloadWorld && context.auxData?.frameId === frameTree.frame.id) {
        this.#preloadContextId = context.id
      }
    })
    cdp.on('Runtime.executionContextsCleared', () => {
      this.#preloadContextId = null
      this.#exits.unloaded()
    })
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      if (executionContextId === this.#preloadContextId) void this.#fromPreload(JSON.parse(payload) as FromPreload)
    })
    await cdp.send('Runtime.addBinding', { name: 'electronDoubleToMain', executionContextName: preloadWorld })
    // the page's half of the bridge must listen before the preload exposes anything
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: script('./world-main.js') })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: script('./world-preload.js').replace('PRELOAD_SOURCE\n', () => `${source}\n`),
      worldName: preloadWorld,
    })
  }

  async #fromPreload(message: FromPreload): Promise<void> {
    if (message.type === 'port') return this.#exits.port(message)
    if (message.type === 'loaded') {
      if (message.error !== undefined) this.#exits.preloadFailed(message.error)
      return
    }
    const { id, channel, args } = message
    const reply = await this.#exits.invoke(this.page, channel, args).then(
      (value) => ({ value }),
      (error: Error) => ({ error: error.message }),
    )
    return this.#toPreload({ ...reply, type: 'reply', id })
  }

  async #toPreload(message: object): Promise<void> {
    const executionContextId = this.#preloadContextId
    if (executionContextId === null) return
    try {
      await this.#cdp.send('Runtime.callFunctionOn', {
        executionContextId,
        functionDeclaration: 'function (message) { electronDoubleFromMain(message) }',
        arguments: [{ value: message }],
      })
    } catch (error) {
      // the document went away meanwhile, as it may under Electron
      if (!/context|closed/i.test(String(error))) throw error
    }
  }
}
