/**
 * Goal: what shows servers is usable by everybody, in both themes and in a narrow window. Method: axe on the real page over a real
 * sandbox, and over servers that are silent, refuse, or say what nobody understands.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAgent } from '../support/scripted-agent.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'
import { addAxe, axeProblems } from './support/axe.ts'
import { startSandbox } from './support/sandbox.ts'

let folder: string
let app: WebApp

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder, undefined, { serverTimings: { watchedMs: 200, retryFirstMs: 60_000 } })
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const add = async (port: number, name: string, password: string | null = null) =>
  (await app.core.client.servers.add({ name, host: '127.0.0.1', port, userName: null, password, tls: null })).serverId

describe.each([
  ['dark', 1440],
  ['light', 1440],
  ['light', 760],
] as const)('servers in the %s theme at %i pixels', (colorScheme, width) => {
  test('have no accessibility problems, no errors and no sideways scrolling', async () => {
    const { client } = app.core
    for (const { serverId } of await client.servers.list()) await client.servers.forget({ serverId })
    const sandbox = await startSandbox()
    const odd = await startAgent()
    odd.intercept = (command, peer) => {
      if (command[1] !== 'LIST') return false
      peer.send('+three of them, all well\r\n')
      return true
    }
    const locked = await startAgent()
    locked.password = 'secret'

    const page = await app.enter({
      colorScheme,
      bypassCSP: true,
      reducedMotion: 'reduce',
      viewport: { width, height: 900 },
    })
    const found: string[] = []
    page.on('pageerror', (error) => found.push(`page error: ${error.message}`))
    page.on('console', (message) => message.type() === 'error' && found.push(`console: ${message.text()}`))
    await addAxe(page)
    const look = async (name: string) => {
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
      found.push(...(await axeProblems(page)).map((problem) => `${name}: ${problem}`))
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      if (isWider) found.push(`${name}: scrolls sideways`)
    }
    const go = (hash: string) => page.evaluate((address) => location.assign(address), hash)
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
    const dialog = page.getByRole('dialog')
    const leave = async () => {
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }

    await button('Try the demo').waitFor()
    await look('first page')
    await button('Add a server…').click()
    await page.getByLabel('Host').fill('127.0.0.1')
    await page.getByLabel('Port').fill('1')
    await page.getByLabel('Encrypt with TLS').check()
    await page.getByLabel('Host').press('Enter')
    await dialog.getByText('It does not answer.').waitFor()
    await look('dialog of a server that does not answer')
    await leave()

    const serverId = await add(sandbox.port, 'graph')
    for (const kind of ['full', 'incremental', 'full'] as const) {
      const { jobId } = await client.servers.create({ serverId, kind, label: 'by hand' })
      await app.core.jobFinished(jobId)
    }
    await sandbox.call('ADMIN.BACKUP', 'RETENTION', 'SET', 'MAXCOUNT', '1')
    await go(`#/server/${serverId}/backup/2`)
    await page.getByRole('region', { name: 'Selected backup' }).getByText('Backup 1').waitFor()
    await button('Verify selected').click()
    await page.getByText('The server verified backup 2: no problems.').waitFor()
    await look('server')
    await button('Create full…').click()
    await dialog.waitFor()
    await look('dialog of a new backup')
    await leave()
    await button('Prune…').click()
    await button(/^Remove/).waitFor()
    await look('dialog of retention')
    await leave()
    await button('Forget…').click()
    await dialog.waitFor()
    await look('dialog before forgetting')
    await leave()

    await go(`#/server/${await add(odd.server.port, 'odd')}`)
    await page.getByRole('heading', { name: 'The list was not understood' }).waitFor()
    await look('server that is not understood')
    await go(`#/server/${await add(locked.server.port, 'locked', 'wrong')}`)
    await page.getByLabel('Password').waitFor()
    await look('server that refuses')
    await sandbox.kill()
    await go(`#/server/${serverId}/backup/2`)
    await page.getByText(/graph does not answer/).waitFor()
    await page.getByText(/3 backups, as listed/).waitFor()
    await look('server that fell silent')
    await go('#/')
    await page.getByRole('region', { name: 'graph' }).waitFor()
    await look('first page with servers')
    await go('#/activity')
    await page.getByRole('row').filter({ hasText: 'verify its backup' }).first().click()
    await page.getByRole('region', { name: 'Job' }).waitFor()
    await look('activity')
    await page.context().close()
    expect(found).toEqual([])
  })
})
