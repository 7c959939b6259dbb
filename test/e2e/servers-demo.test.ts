/**
 * Goal: one click on an empty first page leads to a server with a full backup, two incremental ones and an accident, and from there to
 * the data before it. Method: the real demo, its sandbox as a process of its own; the built page in a real Chromium.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startWebApp } from '../support/web-app.ts'
import { addAxe, axeProblems } from './support/axe.ts'

test('the demo goes from an empty page to the data before the accident', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  const app = await startWebApp(folder)
  onTestFinished(async () => {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const page = await app.enter({ bypassCSP: true })
  await addAxe(page)
  await page.getByRole('button', { name: 'Try the demo' }).click()
  const demo = page.getByRole('region', { name: 'The demo' })
  await demo.getByText('Starting the sandbox…').waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('try the demo')
  await page.keyboard.press('Enter')
  await demo.getByText(/Writing a month of business|Making an? .* backup/).waitFor({ timeout: 40_000 })
  expect(await axeProblems(page)).toEqual([])
  await page.getByRole('heading', { name: 'Demo', exact: true, level: 1 }).waitFor({ timeout: 40_000 })
  const jobs = await app.core.client.jobs.list({ limit: 10 })
  expect(jobs.filter(({ kind }) => kind === 'demo').length).toBe(1)

  const rows = page.getByRole('grid', { name: 'Backups of the server' }).getByRole('row')
  await eventually(() => rows.count()).toBe(4)
  expect((await rows.allInnerTexts()).slice(1).map((text) => text.split(/\s+/).slice(0, 3))).toEqual([
    ['1', 'full', 'ok'],
    ['2', 'incremental', 'ok'],
    ['3', 'incremental', 'ok'],
  ])
  await page.getByRole('heading', { name: 'All customers were deleted' }).waitFor()
  expect(await axeProblems(page)).toEqual([])

  await page.getByRole('link', { name: 'Show the data before it' }).click()
  await page.getByRole('link', { name: /^nodes/ }).click()
  await page.getByRole('row').filter({ hasText: 'Customer' }).first().waitFor()
  await page.getByRole('button', { name: 'Choose an instant…' }).click()
  await page.getByRole('button', { name: 'Look for accidents' }).click()
  const found = page.getByRole('list', { name: 'What looks like an accident' })
  await found.getByText(/delet/i).first().waitFor({ timeout: 30_000 })
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /^Demo/ }).click()
  await page.getByRole('link', { name: 'Show the data after it' }).click()
  await page.getByRole('link', { name: /^nodes/ }).click()
  await page.getByRole('row').filter({ hasText: 'Account' }).first().waitFor()
  await eventually(() => page.getByRole('row').filter({ hasText: 'Customer' }).count()).toBe(0)

  await page.getByRole('link', { name: 'Readiness' }).first().click()
  await page.getByText('1 of 1 server is ready.', { exact: false }).waitFor()
  await page.getByRole('region', { name: 'Demo' }).getByText('Recoverable to').waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('try the demo')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Demo', exact: true, level: 1 }).waitFor()
}, 120_000)
