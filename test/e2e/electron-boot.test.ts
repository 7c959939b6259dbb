import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RestartBudget } from '../../src-main/hosts/electron/restart-budget.ts'
import type { Probe } from '../support/core-probe.ts'
import { backupDirectory, effectsOf, projectFolder, useDesktop, version } from '../support/desktop-app.ts'
import { tempDir } from '../support/temp-dir.ts'

declare const probe: Probe

const { launch, launchConnected, probeApp } = useDesktop()

const info = (page: Page) => page.evaluate(() => probe.client?.app.info())

async function waitForBackups(page: Page): Promise<unknown> {
  return page.evaluate(async (path) => {
    for await (const event of await probe.client!.sources.watch()) {
      const sources = event.type === 'snapshot' ? event.sources : event.type === 'changed' ? [event.source] : []
      const ready = sources.find((source) => source.path === path && source.state !== 'indexing')
      if (ready === undefined) continue
      const backups = await probe.client!.backups.list({ sourceId: ready.sourceId })
      return { state: ready.state, backupIds: backups.map(({ backupId }) => backupId) }
    }
    return null
  }, backupDirectory)
}

describe('the desktop app', () => {
  test('shows the built page and starts its core', async () => {
    const app = await launch({ appFolder: projectFolder })
    const page = await app.firstWindow()
    await app.waitForEffect('utilityFork')
    await page.waitForFunction(() => document.title === 'Readiness · Lifeboat')
    await page.waitForFunction(() => document.body.innerText.trim().length > 0)
    expect(effectsOf(app, 'pageError')).toEqual([])
    expect(effectsOf(app, 'blockedRequest')).toEqual([])
  })

  test('lets the page call the core over a port', async () => {
    const userData = tempDir()
    const { page } = await launchConnected({ userData })
    expect(await info(page)).toMatchObject({ version, platform: process.platform, dataFolder: join(userData, 'data') })
  })

  test('opens a backup directory that the page asks for', async () => {
    const { page } = await launchConnected()
    await page.evaluate((path) => probe.client!.sources.open({ path }), backupDirectory)
    expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })
  })

  test('opens a backup directory named on the command line', async () => {
    const { page } = await launchConnected({ args: ['--some-switch', backupDirectory] })
    expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })
  })

  test('opens the backup directory chosen from the menu, and says why it cannot open another one', async () => {
    const { app, page } = await launchConnected()
    const chooseInMenu = () =>
      app.evaluate(({ Menu }) => {
        const items = Menu.getApplicationMenu().items.flatMap(
          (item: { submenu?: { items: object[] } }) => item.submenu?.items ?? [],
        )
        items.find((item: { label?: string }) => item.label === 'Open Backup Directory…').click()
      })
    app.answerDialog('showOpenDialog', { canceled: false, filePaths: [backupDirectory] })
    await chooseInMenu()
    expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })

    const empty = tempDir()
    app.answerDialog('showOpenDialog', { canceled: false, filePaths: [empty] })
    app.answerDialog('showMessageBox', { response: 0 })
    await chooseInMenu()
    const { detail } = await app.waitForEffect('showMessageBox')
    expect(detail).toEqual({
      type: 'error',
      message: `Could not open ${empty}`,
      detail: expect.stringContaining(`not a backup directory: ${empty}\n`),
    })
  })

  test('starts a killed core again and the page reconnects', async () => {
    const { app, page } = await launchConnected()
    const first = (await app.waitForEffect('utilityFork')).detail as { pid: number }
    await page.evaluate((path) => probe.client!.sources.open({ path }), backupDirectory)
    await waitForBackups(page)

    process.kill(first.pid, 'SIGKILL')
    const second = (await app.waitForEffect('utilityFork', 2)).detail as { pid: number }
    await page.waitForFunction(() => probe.connectionCount >= 2 && probe.client !== null)

    expect(second.pid).not.toBe(first.pid)
    expect(await info(page)).toMatchObject({ version })
    expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })
  })

  test('gives a reloaded page a port of its own', async () => {
    const { app, page } = await launchConnected()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.reload())
    await page.waitForFunction(() => probe.connectionCount === 1)
    expect(await info(page)).toMatchObject({ version })
    expect(effectsOf(app, 'willNavigate')).toEqual([])
  })

  test('hands the answer of the native dialog to the page', async () => {
    const { app, page } = await launchConnected()
    app.answerDialog('showOpenDialog', { canceled: false, filePaths: ['/srv/backups'] })
    app.answerDialog('showOpenDialog', { canceled: true, filePaths: [] })
    expect(await page.evaluate(() => probe.host.chooseDirectory('Where to restore'))).toBe('/srv/backups')
    expect(await page.evaluate(() => probe.host.chooseDirectory('Where to restore'))).toBe(null)
    const options = { title: 'Where to restore', properties: ['openDirectory', 'createDirectory'] }
    expect(effectsOf(app, 'showOpenDialog')).toEqual([options, options])
  })

  test('reveals paths, sets the theme and opens web links, and refuses anything else', async () => {
    const { app, page } = await launchConnected()
    const outcome = (method: 'revealPath' | 'openExternal' | 'setTheme', input: string) =>
      page.evaluate(
        async ([method, input]) => {
          try {
            await (probe.host as unknown as Record<string, (input: string) => Promise<void>>)[method]!(input)
            return 'done'
          } catch (error) {
            return (error as Error).message.includes('refused') ? 'refused' : String(error)
          }
        },
        [method, input] as const,
      )
    expect({
      reveal: await outcome('revealPath', '/srv/backups/CURRENT'),
      relative: await outcome('revealPath', '../CURRENT'),
      web: await outcome('openExternal', 'https://example.com/docs'),
      file: await outcome('openExternal', 'file:///etc/passwd'),
      script: await outcome('openExternal', 'javascript:alert(1)'),
      dark: await outcome('setTheme', 'dark'),
      purple: await outcome('setTheme', 'purple'),
    }).toEqual({
      reveal: 'done',
      relative: 'refused',
      web: 'done',
      file: 'refused',
      script: 'refused',
      dark: 'done',
      purple: 'refused',
    })
    expect(effectsOf(app, 'showItemInFolder')).toEqual(['/srv/backups/CURRENT'])
    expect(effectsOf(app, 'openExternal')).toEqual(['https://example.com/docs'])
    expect(effectsOf(app, 'themeSource')).toEqual(['dark'])
  })

  test('focuses its window on a second start and opens the directory given to it', async () => {
    const { app, page } = await launchConnected()
    await app.evaluate(
      ({ app }, argv) => app.emit('second-instance', {}, argv, '/'),
      ['electron', '.', backupDirectory],
    )
    expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })
    expect(effectsOf(app, 'focus')).toEqual([1])
  })

  test('leaves at once when another instance runs', async () => {
    const app = await launch({ hasSingleInstanceLock: false })
    await app.waitForEffect('exit')
    expect(app.effects.map(({ effect }) => effect)).toEqual(['exit'])
  })

  test('ends its core when the window closes', async () => {
    const { app } = await launchConnected()
    await app.evaluate(({ BrowserWindow }) => void BrowserWindow.getAllWindows()[0].close())
    await app.waitForEffect('exit')
    expect(app.effects.map(({ effect }) => effect).slice(-2)).toEqual(['utilityExit', 'exit'])
    expect(app.output()).toBe('')
  })
})

test('a core that keeps stopping is started 5 times in 10 minutes with growing delay', () => {
  const budget = new RestartBudget()
  const minuteMs = 60_000
  expect([0, 1, 2, 3, 4, 5].map((minute) => budget.take(minute * minuteMs))).toEqual([100, 200, 400, 800, 1600, null])
  expect(budget.take(9.99 * minuteMs)).toBe(null)
  expect(budget.take(10 * minuteMs)).toBe(1600)
  budget.reset()
  expect(budget.take(10 * minuteMs)).toBe(100)
})

test('a core that cannot start is reported with its reason', async () => {
  const userData = tempDir()
  // a file where the data folder should be
  writeFileSync(join(userData, 'data'), '')
  const app = await launch({ userData })
  app.answerDialog('showMessageBox', { response: 1 })
  const { detail } = await app.waitForEffect('showMessageBox')
  await app.waitForEffect('exit')
  expect(effectsOf(app, 'utilityFork')).toHaveLength(6)
  expect(detail).toMatchObject({ type: 'error', buttons: ['Start it again', 'Quit'] })
  expect((detail as { detail: string }).detail).toContain('the catalogue cannot be opened')
})

/** Electron's program where its package puts it; the package itself is not loaded, that would start a download. */
function findElectron(): string | null {
  const packageFolder = join(projectFolder, 'node_modules', 'electron')
  const pathFile = join(packageFolder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageFolder, 'dist'), name)
  return existsSync(path) ? path : null
}

test('boots in the real Electron', async (context) => {
  const executablePath = findElectron()
  if (executablePath === null) return context.skip("did not run: Electron's binary is not on this machine")
  const args = [probeApp, `--user-data-dir=${tempDir()}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const app = await _electron.launch({ executablePath, args })
  onTestFinished(() => app.close())
  const page = await app.firstWindow()
  await page.waitForFunction(() => probe.connectionCount === 1)
  expect(page.url()).toBe('app://lifeboat/index.html')
  expect(await info(page)).toMatchObject({ version, platform: process.platform })
  await page.evaluate((path) => probe.client!.sources.open({ path }), backupDirectory)
  expect(await waitForBackups(page)).toEqual({ state: 'ready', backupIds: [3, 2, 1] })
})
