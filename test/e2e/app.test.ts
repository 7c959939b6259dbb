/**
 * Goal: a person gets from a directory to a proved restore, in a real browser on the browser host.
 * Method: real backups made by ldb, the built page, a real Chromium; what was restored is read by ldb.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from 'vitest'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { restoreWithLdb, rocksdbTools, scanWithLdb, skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'

let folder: string
let backupPath: string
let app: WebApp
let page: Page

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  if (rocksdbTools() !== null) backupPath = (await makeGraphBackups(folder)).backupPath
  app = await startWebApp(folder)
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async (context: TestContext) => {
  skipWithoutRocksdbTools(context)
  page = await app.enter()
  return () => page.context().close()
})

/** Opens a directory through the dialog, as a person types it. */
async function openByTyping(path: string): Promise<void> {
  await page
    .getByRole('button', { name: /Open repository|Open…|Open a repository/ })
    .first()
    .click()
  const field = page.getByRole('combobox', { name: 'Path of the backup directory' })
  await field.fill(path)
  await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click()
}

/** Drops something with a name on the window, as the file manager does; the browser tells the page no more than that. */
function dropFile(name: string): Promise<void> {
  return page.evaluate((dropped) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([], dropped))
    for (const type of ['dragenter', 'dragover', 'drop']) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    }
  }, name)
}

describe('the app in a browser', () => {
  test('goes from a directory to a value', async () => {
    await openByTyping(backupPath)
    await page.getByRole('heading', { name: 'backups', exact: true }).waitFor()
    const rows = page.getByRole('row').filter({ hasText: 'Complete' })
    await expect.poll(() => rows.count()).toBe(3)
    await rows.first().dblclick()
    await page.getByRole('link', { name: 'Data' }).click()
    await page.getByRole('row').filter({ hasText: 'Cy Ito 2' }).first().click()
    const inspector = page.getByRole('region', { name: 'Selected row' })
    await inspector.getByRole('heading', { name: 'Cy Ito 2' }).waitFor()
    await inspector.getByText('default:n:0000000000000002').first().waitFor()
  })

  test('verifies a backup and restores it, and ldb reads the same from the result', async () => {
    const { sourceId } = await app.core.client.sources.open({ path: backupPath })
    await page.goto(`http://127.0.0.1:${app.host.port}/#/source/${sourceId}/backup/3/overview`)
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page
      .getByText(/Checksum verified/)
      .first()
      .waitFor()

    const target = join(folder, 'restored')
    await page.getByRole('link', { name: 'Restore…' }).click()
    const field = page.getByRole('combobox', { name: 'Target directory' })
    await expect.poll(() => field.inputValue()).not.toBe('')
    await field.fill(target)
    await page.getByRole('button', { name: 'Start the restore' }).click()
    await page.getByRole('heading', { name: 'Backup 3 is restored' }).waitFor()
    await page.getByText(target).first().waitFor()
    await expect.poll(() => existsSync(join(target, 'CURRENT'))).toBe(true)

    const byRocksdb = join(folder, 'restored-by-ldb')
    await restoreWithLdb(backupPath, byRocksdb)
    for (const family of ['default', 'nodes', 'edges']) {
      expect(await scanWithLdb(target, family)).toEqual(await scanWithLdb(byRocksdb, family))
    }
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('names the file with one flipped byte, and a restore of it stops and leaves nothing behind', async () => {
    const damaged = join(folder, 'damaged')
    mkdirSync(damaged)
    const { backupPath: path } = await makeGraphBackups(damaged, 30)
    const tables = readdirSync(join(path, 'shared_checksum')).sort()
    const table = `shared_checksum/${tables.at(-1)}`
    const bytes = readFileSync(join(path, table))
    bytes[100] = (bytes[100] ?? 0) ^ 1
    writeFileSync(join(path, table), bytes)

    const { sourceId } = await app.core.client.sources.open({ path })
    await page.goto(`http://127.0.0.1:${app.host.port}/#/source/${sourceId}/backup/3/verifications`)
    await page.getByRole('button', { name: 'Verify', exact: true }).first().click()
    await page
      .getByText(/Checksum failed/)
      .first()
      .waitFor()
    await page.getByText(table).first().waitFor()

    const target = join(folder, 'never')
    await page.goto(`http://127.0.0.1:${app.host.port}/#/source/${sourceId}/backup/3/restore`)
    const field = page.getByRole('combobox', { name: 'Target directory' })
    await expect.poll(() => field.inputValue()).not.toBe('')
    await field.fill(target)
    await page.getByRole('button', { name: 'Start the restore' }).click()
    await page
      .getByText(/the file is damaged/i)
      .first()
      .waitFor()
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([])
  })

  test('says what is wrong with a directory that holds no backups, and goes on', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    await openByTyping(empty)
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText(/not a backup directory/i)
      .first()
      .waitFor()
    await dialog.getByText(/The directory is empty/).waitFor()
    await page.keyboard.press('Escape')
    await openByTyping(backupPath)
    await page.getByRole('heading', { name: 'backups', exact: true }).waitFor()
  })

  test('takes a directory dropped on the window to the dialog, which says why it asks for its path', async () => {
    await page.getByRole('heading', { name: 'Can we restore?' }).waitFor()
    await dropFile('backups')
    const dialog = page.getByRole('dialog', { name: 'Open a backup directory' })
    await dialog.getByText('The browser does not tell a page where a dropped directory lies.').waitFor()
    await dialog.getByText('backups', { exact: true }).first().waitFor()
  })

  test('can be used with the keyboard alone', async () => {
    await app.core.client.sources.open({ path: backupPath })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('backups')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'backups', exact: true }).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /Backup [123]/ }).waitFor()
  })
})
