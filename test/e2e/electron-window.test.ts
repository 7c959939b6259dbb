import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Probe } from '../support/core-probe.ts'
import { effectsOf, projectFolder, useDesktop } from '../support/desktop-app.ts'

declare const probe: Probe

const { launchConnected } = useDesktop()

describe('the window', () => {
  test('is sandboxed, isolated and without Node', async () => {
    const { app, page } = await launchConnected()
    const preferences = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences(),
    )
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    })
    const globals = await page.evaluate(() =>
      ['require', 'process', 'module', 'electron', 'global'].filter((name) => name in globalThis),
    )
    expect(globals).toEqual([])
    expect(await page.evaluate(() => Object.keys(probe.host).sort())).toEqual([
      'chooseDirectory',
      'kind',
      'openExternal',
      'pathOfFile',
      'requestPort',
      'revealPath',
      'setTheme',
    ])
    expect(readFileSync(join(projectFolder, 'out/main/preload.cjs'), 'utf8').match(/\brequire\([^)]*\)/g)).toEqual([
      expect.stringMatching(/^require\(["'`]electron["'`]\)$/),
    ])
  })

  test('runs no inline script and no eval, and reaches no other host', async () => {
    const { app, page } = await launchConnected()
    const seen = await page.evaluate(async () => {
      // what the debugger runs may eval: leave its turn first
      await new Promise(requestAnimationFrame)
      const blocked: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.inlineRan = true'
      document.head.append(script)
      let evalError = 'none'
      try {
        new Function('return 1')()
      } catch (error) {
        evalError = (error as Error).name
      }
      const fetched = await fetch('https://example.com/').then(
        () => 'reached',
        () => 'blocked',
      )
      // the reports come in turns of their own
      for (let frame = 0; frame < 300 && blocked.length < 3; frame++) await new Promise(requestAnimationFrame)
      return { inlineRan: 'inlineRan' in window, evalError, fetched, blocked: blocked.sort() }
    })
    expect(seen).toEqual({
      inlineRan: false,
      evalError: 'EvalError',
      fetched: 'blocked',
      blocked: ['connect-src', 'script-src', 'script-src-elem'],
    })
    expect(effectsOf(app, 'blockedRequest')).toEqual([])
  })

  test('stays on its page and opens no windows; web links go to the browser', async () => {
    const { app, page } = await launchConnected()
    await page.evaluate(() => {
      location.href = 'https://example.com/away'
    })
    await app.waitForEffect('willNavigate')
    await page.evaluate(() => void window.open('https://example.com/popup'))
    await app.waitForEffect('windowOpen')
    await page.evaluate(() => void window.open('about:blank'))
    await app.waitForEffect('windowOpen', 2)
    await page.evaluate(() => {
      location.href = '/other.html'
    })
    await app.waitForEffect('willNavigate', 2)

    expect(await page.textContent('h1')).toBe('Probe')
    expect(effectsOf(app, 'willNavigate')).toEqual([
      { url: 'https://example.com/away', isPrevented: true },
      { url: 'app://lifeboat/other.html', isPrevented: true },
    ])
    expect(effectsOf(app, 'windowOpen')).toEqual([
      { url: 'https://example.com/popup', action: 'deny' },
      { url: 'about:blank', action: 'deny' },
    ])
    expect(effectsOf(app, 'openExternal')).toEqual(['https://example.com/away', 'https://example.com/popup'])
    expect(app.windows()).toEqual([page])
  })

  test('is served the files of the page and nothing beside them', async () => {
    const { page } = await launchConnected()
    const status = (path: string) => page.evaluate(async (path) => (await fetch(path)).status, path)
    expect({
      root: await status('/'),
      script: await status('/core-probe.js'),
      outside: await status('/..%2Fmain%2Felectron-main.js'),
      folder: await status('/assets'),
      malformed: await status('/%E0%A4%A'),
      missing: await status('/missing.js'),
    }).toEqual({ root: 200, script: 200, outside: 404, folder: 404, malformed: 404, missing: 404 })
  })

  test('gets no permission but copying to the clipboard', async () => {
    const { app } = await launchConnected()
    const decide = (permission: string, url: string) =>
      app.evaluate(({ session }, [permission, url]) => session.defaultSession.decide(permission, url), [
        permission,
        url,
      ] as const)
    const own = 'app://lifeboat/'
    expect({
      copy: await decide('clipboard-sanitized-write', own),
      copyElsewhere: await decide('clipboard-sanitized-write', 'https://example.com/'),
      paste: await decide('clipboard-read', own),
      camera: await decide('media', own),
    }).toEqual({
      copy: { request: true, check: true },
      copyElsewhere: { request: false, check: false },
      paste: { request: false, check: false },
      camera: { request: false, check: false },
    })
  })

  test('is the only one whose calls the main process answers', async () => {
    const { app } = await launchConnected()
    const from = async (frame: { url: string; parent: object | null } | null): Promise<string> => {
      try {
        await app.invokeAs(frame, 'lifeboat:set-theme', 'dark')
        return 'answered'
      } catch (error) {
        return (error as Error).message.includes('refused') ? 'refused' : String(error)
      }
    }
    const page = { url: 'app://lifeboat/index.html', parent: null }
    expect({
      page: await from(page),
      frameInside: await from({ ...page, parent: {} }),
      web: await from({ url: 'https://lifeboat/index.html', parent: null }),
      otherHost: await from({ url: 'app://evil/index.html', parent: null }),
      gone: await from(null),
    }).toEqual({ page: 'answered', frameInside: 'refused', web: 'refused', otherHost: 'refused', gone: 'refused' })
  })
})
