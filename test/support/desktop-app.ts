import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { launchChromium } from './chromium.ts'
import type { Probe } from './core-probe.ts'
import { ElectronDouble, type LaunchOptions } from './electron-double/launch.ts'
import { tempDir } from './temp-dir.ts'

declare const probe: Probe

export const projectFolder = join(import.meta.dirname, '..', '..')

/** The built desktop app with core-probe.ts as its page, in a folder of its own. */
async function createProbeApp(folder: string): Promise<void> {
  if (!existsSync(join(projectFolder, 'out', 'main', 'electron-main.js'))) {
    throw new Error('out/ is not built: run `npm run build`')
  }
  cpSync(join(projectFolder, 'out', 'main'), join(folder, 'out', 'main'), { recursive: true })
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction')
  cpSync(join(projectFolder, 'package.json'), join(folder, 'package.json'))
  const renderer = join(folder, 'out', 'renderer')
  mkdirSync(renderer, { recursive: true })
  writeFileSync(
    join(renderer, 'index.html'),
    '<!doctype html><title>Probe</title><h1>Probe</h1><script type="module" src="./core-probe.js"></script>\n',
  )
  await build({
    configFile: false,
    root: projectFolder,
    logLevel: 'warn',
    build: {
      target: 'chrome140',
      outDir: renderer,
      emptyOutDir: false,
      modulePreload: false,
      minify: false,
      rolldownOptions: {
        input: { 'core-probe': join(import.meta.dirname, 'core-probe.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  })
}

export const backupDirectory = join(projectFolder, 'test', 'fixtures', 'rocksdb', 'backup_v1')
const manifest = readFileSync(join(projectFolder, 'package.json'), 'utf8')
export const { version } = JSON.parse(manifest) as { version: string }

export type Desktop = {
  /** the app with core-probe.ts as its page */
  readonly probeApp: string
  /** Starts the app on the stand-in; it is closed when the running test ends. */
  launch(options?: Partial<LaunchOptions>): Promise<ElectronDouble>
  /** The app with its page connected to the core. */
  launchConnected(options?: Partial<LaunchOptions>): Promise<{ app: ElectronDouble; page: Page }>
}

/** Prepares the file's tests for starting the desktop app: one Chromium and one probe app for all of them. */
export function useDesktop(): Desktop {
  const probeApp = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-probe-')))
  let browser: Browser | undefined
  beforeAll(async () => {
    await createProbeApp(probeApp)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(probeApp, { recursive: true, force: true })
  })
  const launch = async (options: Partial<LaunchOptions> = {}) => {
    const userData = tempDir()
    const app = await ElectronDouble.launch({ browser: browser!, appFolder: probeApp, userData, ...options })
    onTestFinished(() => app.close())
    return app
  }
  const launchConnected = async (options?: Partial<LaunchOptions>) => {
    const app = await launch(options)
    const page = await app.firstWindow()
    await page.waitForFunction(() => probe.connectionCount === 1)
    return { app, page }
  }
  return { probeApp, launch, launchConnected }
}

export const effectsOf = (app: ElectronDouble, name: string): unknown[] =>
  app.effects.filter(({ effect }) => effect === name).map(({ detail }) => detail)
