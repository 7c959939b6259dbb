/**
 * Goal: a person adds a server, sees what it has and how fresh that is, has it make, verify and prune backups, and is never told
 * more than is known.
 * Method: real sandboxes as processes of their own, and a scripted server for replies that no sandbox gives; the built page in a
 * real Chromium.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startAgent } from '../support/scripted-agent.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'
import { startSandbox } from './support/sandbox.ts'

const serverTimings = {
  watchedMs: 200,
  listMs: 1_000,
  retryFirstMs: 200,
  retryMaxMs: 500,
  settleFirstMs: 50,
  settleIdleMs: 300,
}

let folder: string
let app: WebApp
let page: Page

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder, undefined, { serverTimings })
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  page = await app.enter()
  return async () => {
    await page.context().close()
    for (const { serverId } of await app.core.client.servers.list()) await app.core.client.servers.forget({ serverId })
  }
})

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name })
const rows = () => page.getByRole('grid', { name: 'Backups of the server' }).getByRole('row')
const outcome = () => page.getByRole('status', { name: 'What came of it' })
const heading = (name: string) => page.getByRole('heading', { name, exact: true, level: 1 })
const go = (hash: string) => page.evaluate((address) => location.assign(address), hash)

/** Adds a server without the dialog, and shows it. */
async function show(port: number, name: string, password: string | null = null): Promise<number> {
  const order = { name, host: '127.0.0.1', port, userName: null, password, tls: null }
  const { serverId } = await app.core.client.servers.add(order)
  await go(`#/server/${serverId}`)
  await heading(name).waitFor()
  return serverId
}

/** Types into what has the focus, and goes on with the tabulator. */
async function typeAndTab(...texts: readonly (string | null)[]): Promise<void> {
  for (const text of texts) {
    if (text !== null) await page.keyboard.type(text)
    await page.keyboard.press('Tab')
  }
}

test('a server is added with the keyboard alone: a wrong password, then the right one', async () => {
  const sandbox = await startSandbox({ password: 'open sesame' })
  await heading('Can we restore?').waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('add server')
  await page.keyboard.press('Enter')
  await dialog('Add a server').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('host')
  await typeAndTab('127.0.0.1', String(sandbox.port), null, null)
  await page.keyboard.type('open barley')
  await page.keyboard.press('Enter')
  await dialog('Add a server').getByText('It answers, but does not let us in.').waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('open sesame')
  await page.keyboard.press('Enter')
  await heading(`127.0.0.1:${sandbox.port}`).waitFor()
  await page.getByText('There is nothing to restore. Make a full backup first.').waitFor()
  const written = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage))
  expect(written).not.toContain('sesame')
})

test('what was tried in vain is not left in the list, unless that is wished', async () => {
  const sandbox = await startSandbox()
  await sandbox.kill()
  const add = async () => {
    await button(/Add a server…|Add server…/).click()
    await page.getByLabel('Host').fill('127.0.0.1')
    await page.getByLabel('Port').fill(String(sandbox.port))
    await page.keyboard.press('Enter')
    await dialog('Add a server').getByText('nothing listens there').waitFor()
  }
  await add()
  await page.keyboard.press('Escape')
  await dialog('Add a server').waitFor({ state: 'detached' })
  await eventually(() => app.core.client.servers.list()).toEqual([])
  await add()
  await button('Add it all the same').click()
  await heading(`127.0.0.1:${sandbox.port}`).waitFor()
  await page.getByText(/does not answer\. It has not answered yet/).waitFor()
})

test('a certificate that is not trusted is named, and its authority can be pasted', async () => {
  const sandbox = await startSandbox({ isTls: true })
  await button(/Add a server…|Add server…/).click()
  await page.getByLabel('Host').fill('localhost')
  await page.getByLabel('Port').fill(String(sandbox.port))
  await page.getByLabel('Encrypt with TLS').check()
  await page.getByLabel('Host').press('Enter')
  await dialog('Add a server').getByText('It answers, but its certificate is not trusted.').waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('ca')
  await page.getByLabel('Trusted authority').fill('no certificate')
  await button('Try again').click()
  await dialog('Add a server').getByText('The authorities to trust are not certificates in PEM').waitFor()
  const authority = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'tls', 'ca.pem'), 'utf8')
  await page.getByLabel('Trusted authority').fill(authority)
  await button('Try again').click()
  await heading(`localhost:${sandbox.port}`).waitFor()
  await page.getByText(/· TLS/).waitFor()
})

test('backups are made, verified and pruned, and only what was shown is removed', async () => {
  const sandbox = await startSandbox()
  await show(sandbox.port, 'graph')
  await button('Create full…').click()
  await page.keyboard.type('before the release')
  await page.keyboard.press('Enter')
  await outcome().getByText('Backup 1 was made.').waitFor()
  await sandbox.call('GRAPH.QUERY', 'default', "CREATE (:Customer {name: 'Bo'})")
  await button('Create incremental…').click()
  await dialog(/Create an incremental backup/)
    .getByRole('button', { name: 'Create' })
    .click()
  await outcome().getByText('Backup 2 was made.').waitFor()
  await eventually(() => rows().count()).toBe(3)
  const first = rows().filter({ hasText: 'full' })
  expect(await first.innerText()).toContain('before the release')
  expect(await first.innerText()).not.toContain('[')
  expect(await rows().nth(2).innerText()).toMatch(/2\s+incremental\s+ok/)

  await page.getByRole('grid', { name: 'Backups of the server' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.getByRole('region', { name: 'Selected backup' }).getByText('Backup 1').waitFor()
  expect(await page.evaluate(() => location.hash)).toMatch(/backup\/2$/)
  await button('Deep').click()
  await button('Verify selected').click()
  await outcome().getByText('The server verified backup 2: no problems.').waitFor()
  await eventually(() => rows().nth(2).innerText()).not.toContain('never')

  await button('Prune…').click()
  await dialog(/Prune/).getByText('Nothing to remove.').waitFor()
  await page.keyboard.press('Escape')
  await sandbox.call('ADMIN.BACKUP', 'CREATE', 'FULL')
  await sandbox.call('ADMIN.BACKUP', 'CREATE', 'FULL')
  await sandbox.call('ADMIN.BACKUP', 'RETENTION', 'SET', 'MAXCOUNT', '2')
  await button('Prune…').click()
  await dialog(/Prune/)
    .getByRole('button', { name: /^Remove/ })
    .waitFor()
  const shown = await dialog(/Prune/).locator('tbody tr').count()
  await sandbox.call('ADMIN.BACKUP', 'RETENTION', 'SET', 'MAXCOUNT', '1')
  await button(/^Remove/).click()
  await dialog(/Prune/).getByText('Nothing was removed: it would be something else by now.').waitFor()
  await dialog(/Prune/).getByText('new', { exact: true }).first().waitFor()
  await eventually(() => dialog(/Prune/).locator('tbody tr').count()).toBeGreaterThan(shown)
  await button(/^Remove/).click()
  await dialog(/Prune/).waitFor({ state: 'detached' })
  // the newest full, and the newest one that was proved
  await eventually(() => rows().count()).toBe(3)
  expect([await rows().nth(1).innerText(), await rows().nth(2).innerText()]).toEqual([
    expect.stringMatching(/^4\s+full/),
    expect.stringMatching(/^1\s+full/),
  ])
})

test('a server that falls silent keeps what was last known, and comes back', async () => {
  const sandbox = await startSandbox()
  await show(sandbox.port, 'graph')
  await button('Create full…').click()
  await page.keyboard.press('Enter')
  await outcome().getByText('Backup 1 was made.').waitFor()
  await eventually(() => rows().count()).toBe(2)
  await sandbox.kill()
  await page.getByText(/graph does not answer\. It last answered .* what is shown is of then/).waitFor()
  await page.getByText('Unreachable', { exact: true }).waitFor()
  expect(await rows().count()).toBe(2)
  await page.getByText(/1 backup, as listed/).waitFor()
  expect(await button('Create full…').isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'Readiness' }).first().click()
  await page.getByRole('region', { name: 'graph' }).getByText('Was recoverable to').waitFor()
  await page.getByRole('link', { name: 'See what is wrong' }).click()
  await sandbox.restart()
  await page.getByText('Ready', { exact: true }).waitFor({ timeout: 20_000 })
  await eventually(() => button('Create full…').isDisabled()).toBe(false)
  expect(await page.getByText(/does not answer/).count()).toBe(0)
})

test('a password is asked for again, and a forgotten server is gone', async () => {
  const sandbox = await startSandbox({ password: 'open sesame' })
  await show(sandbox.port, 'graph', 'forgotten')
  await page.getByText(/graph does not let Lifeboat in/).waitFor()
  await page.getByLabel('Password').fill('open sesame')
  await page.keyboard.press('Enter')
  await page.getByText('There is nothing to restore. Make a full backup first.').waitFor()
  expect(await page.getByLabel('Password').count()).toBe(0)
  await button('Forget…').click()
  await dialog('Forget graph?').getByRole('button', { name: 'Forget' }).click()
  await heading('Can we restore?').waitFor()
  await eventually(() => app.core.client.servers.list()).toEqual([])
})

test('a reply that was lost or not understood is never taken for success', async () => {
  const agent = await startAgent()
  agent.onCreate = (peer) => peer.reset()
  agent.onVerify = (peer) => peer.send('+perhaps\r\n')
  await show(agent.server.port, 'odd')
  await button('Create full…').click()
  await page.keyboard.press('Enter')
  await outcome()
    .getByText(/The reply was lost, and nobody can say whether the backup was made/)
    .waitFor()
  await outcome().getByText('Outcome unknown').waitFor()
  await eventually(() => button('Create full…').isDisabled()).toBe(false)
  await rows().nth(1).click()
  await button('Verify selected').click()
  await outcome()
    .getByText(/the reply was not understood, so nothing is proved/)
    .waitFor()
  expect(await outcome().getByRole('textbox', { name: "The server's reply as it came" }).inputValue()).toContain(
    'perhaps',
  )

  agent.backups = [...agent.backups, { id: 1, kind: 'full', state: 'complete', label: 'again' }]
  await button('Refresh').click()
  await eventually(() => rows().filter({ hasText: 'Not understood' }).count()).toBe(2)
  await rows().filter({ hasText: 'Not understood' }).first().click()
  await page.getByText('This row was read from a reply of unknown shape.', { exact: false }).waitFor()
  expect(await button('Verify selected').isDisabled()).toBe(true)

  agent.intercept = (command, peer) => {
    if (command[1] !== 'LIST') return false
    peer.send('+three of them, all well\r\n')
    return true
  }
  await button('Refresh').click()
  await page.getByRole('heading', { name: 'The list was not understood' }).waitFor()
  expect(await page.getByRole('textbox', { name: "The server's reply as it came" }).last().inputValue()).toContain(
    'three of them',
  )
})

test('an address of a server that is not there says so', async () => {
  await go('#/server/987')
  await page.getByRole('heading', { name: 'This server is not in the list' }).waitFor()
})
