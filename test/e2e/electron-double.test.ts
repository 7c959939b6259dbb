import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useDesktop } from '../support/desktop-app.ts'
import { tempDir } from '../support/temp-dir.ts'

const { launch } = useDesktop()

describe('the stand-in', () => {
  /** A minimal app around a preload and a window. */
  function otherApp(mainScript: string, preload: string): string {
    const folder = tempDir()
    mkdirSync(join(folder, 'out'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "version": "1.0.0", "main": "out/main.js" }')
    writeFileSync(join(folder, 'out', 'main.js'), mainScript)
    writeFileSync(join(folder, 'out', 'preload.cjs'), preload)
    return folder
  }
  const open = (preferences: string) => `
    import { app, BrowserWindow } from 'electron'
    await app.whenReady()
    const preload = new URL('./preload.cjs', import.meta.url).pathname
    await new BrowserWindow({ webPreferences: { preload${preferences} } }).loadURL('about:blank')
  `

  test('gives a preload no module but electron', async () => {
    const app = await launch({ appFolder: otherApp(open(''), "require('node:fs')") })
    expect(await app.waitForEffect('preloadFailed')).toEqual({
      effect: 'preloadFailed',
      detail: 'module not found: node:fs',
    })
  })

  test.each(['nodeIntegration: true', 'contextIsolation: false', 'sandbox: false', 'webSecurity: false'])(
    'refuses a window with %s',
    async (preference) => {
      const app = await launch({ appFolder: otherApp(open(`, ${preference}`), '') })
      await app.waitForEffect('exit')
      expect(app.output()).toContain(`electron double: refused webPreferences.${preference}`)
    },
  )

  test('throws on what it does not implement', async () => {
    const app = await launch({ appFolder: otherApp("import { app } from 'electron'\napp.dock.bounce()", '') })
    await app.waitForEffect('exit')
    expect(app.output()).toContain('electron double: app.dock is not implemented')
  })
})
