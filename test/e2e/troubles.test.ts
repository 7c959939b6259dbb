/**
 * Goal: what hurts at night does not: much of everything, jobs that have to stop, restores that were cut off, backups
 * that go while one looks at them.
 * Method: the built page on the browser host in a real Chromium, over real and fabricated backups.
 */
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createCore } from '../../src-main/core/create-core.ts'
import { addBackup, manyBackups, sparseFile } from '../support/fabricated-backup.ts'
import { copyFixture } from '../support/fixtures.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'

const workerEntry = new URL('../../src-main/workers/worker-main.ts', import.meta.url)

let folder: string
let app: WebApp
let page: Page

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder)
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  page = await app.enter()
  return () => page.context().close()
})

async function openSource(path: string): Promise<number> {
  const { sourceId, indexJobId } = await app.core.client.sources.open({ path })
  if (indexJobId !== null) await app.core.jobFinished(indexJobId)
  return sourceId
}

const go = (hash: string) => page.evaluate((address) => location.assign(address), hash)
const status = () => page.getByRole('contentinfo')

test('a thousand backups are listed to the last one, and found by their number', async () => {
  const sourceId = await openSource(manyBackups(1_000))
  await go(`#/source/${sourceId}`)
  const grid = page.getByRole('grid', { name: 'Backups' })
  await grid.focus()
  await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('1001')
  await page.keyboard.press('End')
  await grid.getByRole('row', { selected: true }).getByText('1', { exact: true }).first().waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('backup 77')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Backup 77', exact: true }).waitFor()
})

test('thousands of rows: End shows the last, Home the first, a typed key what follows it', async (context) => {
  skipWithoutRocksdbTools(context)
  const sourceId = await openSource((await makeGraphBackups(tempDir(), 6_000)).backupPath)
  await go(`#/source/${sourceId}/backup/1/data/1`)
  const grid = page.getByRole('grid', { name: 'Rows of nodes' })
  await grid.focus()
  await page.keyboard.press('End')
  await page.getByText(/rows?, to the end/).waitFor()
  const selected = grid.getByRole('row', { selected: true })
  await selected.getByText('100399').waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('Home')
  await selected.getByText('Bo Lind 1', { exact: true }).waitFor()
  await page.getByRole('searchbox', { name: 'Show rows from this key on' }).fill('default:n:0000000000001770')
  await expect.poll(() => grid.getByRole('row').nth(1).innerText()).toContain('6000')
})

test('a running verification is paused, resumed and cancelled from the status bar', async () => {
  const root = copyFixture('backup_v1')
  const big = 'private/4/000099.log'
  addBackup(root, 4, [`${big} crc32 1`])
  // takes no space and far longer to read than this test
  sparseFile(join(root, big), 64 * 1024 ** 3)
  const sourceId = await openSource(root)
  await go(`#/source/${sourceId}`)
  await page.getByRole('button', { name: 'Verify all' }).click()
  await status().getByRole('button', { name: 'Pause' }).click()
  await status().getByText('Paused').waitFor()
  await status().getByRole('button', { name: 'Resume' }).click()
  await status().getByRole('button', { name: 'Pause' }).waitFor()
  await status().getByRole('button', { name: 'Cancel' }).click()
  await status().getByText('No job is running').waitFor()
  const jobs = await app.core.client.jobs.list({ limit: 100 })
  const ended = jobs.filter((job) => job.sourceId === sourceId && job.kind === 'verify')
  expect(ended.map((job) => job.state)).toEqual(['stopped'])
})

test('a backup that is deleted while its page is open is said to be gone', async () => {
  const root = copyFixture('backup_v1')
  const sourceId = await openSource(root)
  await go(`#/source/${sourceId}/backup/3/overview`)
  await page.getByText('Files by role').waitFor()
  rmSync(join(root, 'meta', '3'))
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByRole('heading', { name: /There is no backup 3/ }).waitFor()
  await page
    .getByRole('status', { name: 'Notices' })
    .getByText(/Verify backup 3.*failed/)
    .waitFor()
  await page.getByRole('link', { name: 'Show the backups that are there' }).click()
  await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe('3')
})

/** A data folder that a core left while a restore to `targetPath` was under way. */
async function interruptedRestore(targetPath: string): Promise<string> {
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  const core = await createCore({ dataFolder, homeFolder: folder, version: 'test', workerEntry, threadCount: 1 })
  const { sourceId, indexJobId } = await core.client.sources.open({ path: copyFixture('backup_v1') })
  await core.jobFinished(indexJobId ?? 0)
  const { jobId } = await core.client.restore.start({ sourceId, backupId: 3, targetPath })
  await core.client.jobs.pause({ jobId })
  await core.close()
  return dataFolder
}

test('an interrupted restore is shown first of all, and resumed from there to its proof', async () => {
  const targetPath = join(tempDir(), 'restored')
  const later = await startWebApp(folder, await interruptedRestore(targetPath))
  onTestFinished(() => later.close())
  const laterPage = await later.enter()
  const banner = laterPage.getByRole('region', { name: 'Interrupted restore' })
  await banner.getByText(targetPath).waitFor()
  await banner.getByRole('link', { name: 'Show' }).click()
  await laterPage.getByText('Interrupted', { exact: true }).waitFor()
  await laterPage.getByRole('button', { name: 'Resume' }).click()
  await laterPage.getByRole('heading', { name: 'Backup 3 is restored' }).waitFor()
  expect(existsSync(join(targetPath, 'CURRENT'))).toBe(true)
})

test('what an interrupted restore left is discarded when asked for', async () => {
  const targetPath = join(tempDir(), 'restored')
  const later = await startWebApp(folder, await interruptedRestore(targetPath))
  onTestFinished(() => later.close())
  const laterPage = await later.enter()
  await laterPage.getByRole('button', { name: 'Discard' }).click()
  await laterPage.getByRole('region', { name: 'Interrupted restore' }).waitFor({ state: 'detached' })
  expect([existsSync(targetPath), existsSync(`${targetPath}.lifeboat-partial`)]).toEqual([false, false])
})
