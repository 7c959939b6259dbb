/**
 * Goal: from the demo's accident a person comes to the graph as it was before, in a new directory, with the proof that it is that;
 * also with the keyboard alone. Method: the real demo, the built page in a real Chromium; RocksDB itself reads the result.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openNativeDatabase } from '../support/rocksdb-native.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'
import { addAxe, axeProblems } from './support/axe.ts'

let folder: string
let app: WebApp
let demo: { sourceId: number; serverId: number; lastGoodSequence: number }

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder)
  const page = await app.enter()
  await page.getByRole('button', { name: 'Try the demo' }).click()
  await page.getByRole('heading', { name: 'Demo', exact: true, level: 1 }).waitFor({ timeout: 40_000 })
  await page.context().close()
  const jobs = await app.core.client.jobs.list({ limit: 10 })
  const result = jobs.map((job) => job.result).find((each) => each?.kind === 'demo')
  if (result?.kind !== 'demo') throw new Error('the demo was not made')
  demo = result
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function enter(options: Parameters<WebApp['enter']>[0] = {}): Promise<Page> {
  const page = await app.enter(options)
  onTestFinished(() => page.context().close())
  return page
}

const go = (page: Page, hash: string) => page.evaluate((address) => location.assign(address), hash)
const hashOf = (page: Page) => page.evaluate(() => location.hash)

/** How many nodes RocksDB finds in a restored directory. */
async function nodesIn(path: string): Promise<number> {
  const { columnFamilies } = await app.core.client.data.describe({ state: { databasePath: path, upToSequence: null } })
  const names = columnFamilies.map(({ name }) => name).filter((name) => name !== 'default')
  const database = await openNativeDatabase(path, { families: Object.fromEntries(names.map((name) => [name, {}])) })
  let count = 0
  for await (const _ of database.family('nodes').iterator()) count += 1
  return count
}

async function nodesAtPoint(): Promise<number> {
  const state = { sourceId: demo.sourceId, backupId: 1, upToSequence: demo.lastGoodSequence }
  const { jobId } = await app.core.client.data.count({ state, columnFamilyId: null })
  const { result } = await app.core.jobFinished(jobId)
  if (result?.kind !== 'count') throw new Error('the rows were not counted')
  return result.families.find(({ name }) => name === 'nodes')?.rowCount ?? 0
}

test('from the accident to the restored graph, step by step, with the proof that it is equal', async () => {
  const startedAtMs = performance.now()
  const page = await enter({ bypassCSP: true })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
  await go(page, `#/server/${demo.serverId}`)
  await addAxe(page)
  await page.getByRole('link', { name: 'Restore to a point…' }).click()
  await page.getByRole('heading', { name: 'What happened?' }).waitFor()
  problems.push(...(await axeProblems(page)))
  await page.getByRole('button', { name: /^Undo an accident/ }).click()

  const found = page.getByRole('list', { name: 'What looks like an accident' })
  await found.getByRole('button', { name: 'Use the point before' }).first().click({ timeout: 30_000 })
  await page.getByText('last kept', { exact: true }).waitFor()
  const counts = page.getByRole('table', { name: 'Rows at this point and now' })
  await counts.getByRole('row').filter({ hasText: 'Customer' }).first().waitFor({ timeout: 20_000 })
  await page
    .getByRole('region', { name: 'What you give up' })
    .getByText(/commits? in .* and .* deletes?/)
    .waitFor()
  problems.push(...(await axeProblems(page)))
  await expect.poll(() => hashOf(page)).toContain('at=before.')
  await page.reload()
  await addAxe(page)
  await page.getByText('last kept', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Where to?' }).click()

  const target = join(folder, 'before-the-accident')
  await page.getByRole('combobox', { name: 'Target directory' }).fill(target)
  await page.getByText('Nothing stands against it.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('region', { name: 'The plan' }).getByText('Why nothing is missing:').waitFor()
  problems.push(...(await axeProblems(page)))
  await page.getByRole('button', { name: 'Start the recovery' }).click()

  await page.getByRole('heading', { name: 'Restored, and proved equal' }).waitFor({ timeout: 60_000 })
  problems.push(...(await axeProblems(page)))
  expect(await hashOf(page)).toMatch(/\/recover\/done\/\d+$/)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save the evidence' }).click()
  expect((await saving).suggestedFilename()).toMatch(/^recovery-evidence-\d+\.json$/)
  const nodeCount = await nodesIn(target)
  expect(nodeCount).toBe(await nodesAtPoint())
  expect(nodeCount).toBeGreaterThan(10_000)
  expect(problems).toEqual([])
  console.info(`from the server to the proof: ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`)
}, 180_000)

test('the keyboard alone leads through the wizard', async () => {
  const page = await enter()
  await go(page, `#/source/${demo.sourceId}/recover`)
  await page.getByRole('heading', { name: 'What happened?' }).waitFor()
  await page.getByRole('button', { name: /^Take a copy/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('last kept', { exact: true }).waitFor()
  const slider = page.getByRole('slider', { name: 'Point to restore to' })
  await slider.focus()
  const valueText = () => slider.getAttribute('aria-valuetext')
  const latest = await valueText()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(valueText).not.toBe(latest)
  await page.keyboard.press('ArrowRight')
  await expect.poll(valueText).toBe(latest)
  const spans = page.getByRole('group', { name: 'Zoom' }).getByRole('status')
  const whole = await spans.innerText()
  await page.keyboard.press('+')
  await expect.poll(() => spans.innerText()).not.toBe(whole)
  await page.keyboard.press('0')
  await expect.poll(() => spans.innerText()).toBe(whole)

  await page.getByRole('textbox', { name: 'Restore to' }).focus()
  await page.keyboard.type(`seq ${demo.lastGoodSequence}`)
  await page.keyboard.press('Enter')
  await expect.poll(() => hashOf(page)).toContain(`at=sequence.${demo.lastGoodSequence}`)
  await page.getByRole('button', { name: 'Where to?' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Nothing stands against it.').waitFor()
  await page.getByRole('button', { name: 'Review' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Start the recovery' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Restored, and proved equal' }).waitFor({ timeout: 60_000 })
  expect(existsSync(join(folder, `repository-copy-${demo.lastGoodSequence}`, 'CURRENT'))).toBe(true)
}, 120_000)

test('a point before everything is refused, and the nearest one is a button away', async () => {
  const page = await enter()
  await go(page, `#/source/${demo.sourceId}/recover/when?at=until.1000000000000000`)
  const refused = page.getByRole('alert').filter({ hasText: 'This point cannot be restored.' })
  await refused.waitFor()
  expect(await page.getByRole('button', { name: 'Where to?' }).isDisabled()).toBe(true)
  await refused.getByRole('button', { name: /^Nearest after:/ }).click()
  await expect.poll(() => hashOf(page)).toContain('at=sequence.')
  await expect.poll(() => page.getByRole('button', { name: 'Where to?' }).isEnabled()).toBe(true)
})

test('the timeline on the page of the repository has a point chosen by a click, and a recovery begins there', async () => {
  const page = await enter({ viewport: { width: 900, height: 900 }, colorScheme: 'light', bypassCSP: true })
  await addAxe(page)
  await go(page, `#/source/${demo.sourceId}`)
  const slider = page.getByRole('slider', { name: 'History of this repository' })
  await slider.waitFor()
  await slider.focus()
  await page.keyboard.press('End')
  await page.getByRole('link', { name: 'Restore to this point…' }).waitFor()
  expect(await axeProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'Restore to this point…' }).click()
  await page.getByText('last kept', { exact: true }).waitFor()
  expect(await axeProblems(page)).toEqual([])
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(900)
})

test('an hour that a clock showed twice is asked about, and nothing is chosen before', async () => {
  const page = await enter({ timezoneId: 'Europe/Paris' })
  await go(page, `#/source/${demo.sourceId}/recover/when?at=latest`)
  await page.getByText('last kept', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Local', exact: true }).click()
  await page.getByRole('textbox', { name: 'Restore to' }).fill('2026-10-25 02:30')
  await page.keyboard.press('Enter')
  const choices = page.getByRole('group', { name: 'Which one?' }).getByRole('button')
  await expect.poll(() => choices.count()).toBe(2)
  expect(await hashOf(page)).toContain('at=latest')
  await choices.nth(1).click()
  const second = (Date.parse('2026-10-25T01:30:00Z') * 1_000).toString()
  await expect.poll(() => hashOf(page)).toContain(`at=until.${second}`)
})

test('a point in a gap is refused, and the nearest one before it is a button away', async () => {
  const { client, jobFinished } = app.core
  const { path } = await client.sources.refresh({ sourceId: demo.sourceId })
  const { backups } = await client.recovery.overview({ sourceId: demo.sourceId })
  const fullSequence = backups.find(({ kind }) => kind === 'full')?.lastSequence ?? 0
  const copy = join(folder, 'with-a-gap')
  cpSync(path, copy, { recursive: true })
  const archive = join(copy, 'wal', '1')
  const lost = readdirSync(archive)
    .toSorted()
    .find((name) => name.endsWith('.wal') && Number.parseInt(name, 10) > fullSequence + 1)
  if (lost === undefined) throw new Error('no segment begins behind the full backup')
  for (const name of [lost, lost.replace('.wal', '.idx')]) rmSync(join(archive, name), { force: true })
  const source = await client.sources.open({ path: copy })
  if (source.indexJobId !== null) await jobFinished(source.indexJobId)

  const page = await enter()
  await go(page, `#/source/${source.sourceId}/recover/when?at=sequence.${Number.parseInt(lost, 10) + 50}`)
  const refused = page.getByRole('alert').filter({ hasText: 'This point cannot be restored.' })
  await refused.waitFor()
  expect(await page.getByRole('button', { name: 'Where to?' }).isDisabled()).toBe(true)
  await refused.getByRole('button', { name: /^Nearest before:/ }).click()
  await expect.poll(() => hashOf(page)).toContain(`at=sequence.${Number.parseInt(lost, 10) - 1}`)
  await expect.poll(() => page.getByRole('button', { name: 'Where to?' }).isEnabled()).toBe(true)
})
