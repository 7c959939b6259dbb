import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type Core, type CoreOptions, createCore } from '../../src-main/core/create-core.ts'
import { startWebHost, type WebHost } from '../../src-main/hosts/web/server.ts'
import { launchChromium } from './chromium.ts'

const root = join(import.meta.dirname, '..', '..')

/** The browser host on the built page, with a Chromium in front of it. */
export type WebApp = {
  core: Core
  host: WebHost
  /** a new page that came in through the one-time link */
  enter(options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

/**
 * Starts the app as `lifeboat serve` does. `homeFolder` is where browsing begins.
 * @param dataFolder with what an earlier core left in it; its own when left out. It is removed at the end.
 * @param options.serverTimings how often servers are asked
 */
export async function startWebApp(
  homeFolder: string,
  dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-'))),
  options: Pick<CoreOptions, 'serverTimings'> = {},
): Promise<WebApp> {
  const core = await createCore({
    dataFolder,
    homeFolder,
    version: 'test',
    workerEntry: new URL('../../src-main/workers/worker-main.ts', import.meta.url),
    cliEntry: new URL('../../src-main/hosts/cli/main.ts', import.meta.url),
    serverTimings: options.serverTimings,
    threadCount: 2,
  })
  const host = await startWebHost({
    core,
    pageFolder: join(root, 'out', 'renderer'),
    port: 0,
    devPageOrigin: null,
    onUsedLink: () => {},
  })
  const browser: Browser = await launchChromium()
  return {
    core,
    host,
    async enter(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      await page.goto(host.link())
      return page
    },
    async close() {
      await browser.close()
      await host.close()
      await core.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
