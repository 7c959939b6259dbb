/**
 * Goal: a person looks into a backup as it was at any instant, sees what became of a key, how much there is, what looks
 * like an accident, and what differs between two states.
 * Method: backups with logged commits and a graph made by ldb, the built page in a real Chromium.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeStoredNode } from '../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../src-main/samyama/keys.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { runLdb, skipWithoutRocksdbTools, writeDatabase } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'
import { startWebApp, type WebApp } from '../support/web-app.ts'
import { addAxe, axeProblems } from './support/axe.ts'
import { type LoggedCommit, makeLoggedBackups } from './support/logged-backups.ts'

let folder: string
let app: WebApp
let page: Page
let sourceId: number
let commits: readonly LoggedCommit[]

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder)
  const logged = makeLoggedBackups(folder)
  commits = logged.commits
  sourceId = await openSource(logged.path)
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
  const source = await app.core.client.sources.open({ path })
  if (source.indexJobId !== null) await app.core.jobFinished(source.indexJobId)
  return source.sourceId
}

const go = (hash: string) => page.evaluate((address) => location.assign(address), hash)
const goToData = (query = '') => go(`#/source/${sourceId}/backup/2/data/0${query}`)
const hash = () => page.evaluate(() => location.hash)
const instant = () => page.getByRole('region', { name: 'Instant' })
const inspector = () => page.getByRole('region', { name: 'Selected row' })
const rowOf = (key: string) => page.getByRole('grid').getByRole('row').filter({ hasText: key }).first()
const button = (name: string) => page.getByRole('button', { name, exact: true })
const last = (index: number) => commits[index]?.lastSequence ?? 0

test('a commit is chosen from the list, and the address leads back and forth between the instants', async () => {
  await goToData()
  await rowOf('account:0001').getByText('balance 260').waitFor()
  await instant().getByText('the latest of this backup').waitFor()
  await button('Choose an instant…').click()
  const grid = page.getByRole('grid', { name: 'Commits' })
  await grid.getByRole('row').filter({ hasText: '2026-11-23 10:30:01.000116 UTC' }).click()
  await button('Show the data after this commit').click()
  await rowOf('account:0001').getByText('balance 100').waitFor()
  await instant().getByText('2026-11-23 10:30:01.000116 UTC').waitFor()
  expect(await hash()).toBe(`#/source/${sourceId}/backup/2/data/0?at=${last(1)}`)
  await page.reload()
  await rowOf('account:0001').getByText('balance 100').waitFor()
  await page.goBack()
  await rowOf('account:0001').getByText('balance 260').waitFor()
  await page.goForward()
  await rowOf('account:0001').getByText('balance 100').waitFor()
  await page.getByRole('link', { name: 'Show the latest' }).click()
  await rowOf('account:0001').getByText('balance 260').waitFor()
})

test('the instant is chosen with the keyboard alone, by time, by sequence and from the list', async () => {
  await goToData()
  await rowOf('account:0001').waitFor()
  await button('Choose an instant…').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('grid', { name: 'Commits' }).waitFor()
  await page.keyboard.type('2026-11-23 11:30:02.5')
  await page.getByText('11:30:02.500000 UTC: no zone was typed, so it is UTC').waitFor()
  for (let count = 0; count < 2; count += 1) await page.keyboard.press('Backspace')
  await page.keyboard.type('+01:00')
  await page.keyboard.press('Enter')
  await rowOf('account:0001').getByText('balance 100').waitFor()
  expect(await hash()).toContain(`?at=${last(1)}`)
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Choose an instant…')

  await page.keyboard.press('Enter')
  await page.getByRole('grid', { name: 'Commits' }).waitFor()
  await page.keyboard.type(`seq ${last(2)}`)
  await page.keyboard.press('Enter')
  await rowOf('account:0001').getByText('balance 250').waitFor()

  await page.keyboard.press('Enter')
  await page.getByRole('grid', { name: 'Commits' }).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await rowOf('account:0001').getByText('balance 260').waitFor()
  expect(await hash()).toContain(`?at=${last(4)}`)
})

test('an instant that is not covered says so, and the way to others stays open', async () => {
  await goToData('?at=1')
  await page.getByRole('heading', { name: 'That instant cannot be shown.' }).waitFor()
  await page.getByText('Choose an instant from sequence 2 on, or an older backup.').waitFor()
  await button('Choose an instant…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Show the data as of').fill('2020-01-01')
  await dialog.getByRole('button', { name: 'Show', exact: true }).click()
  await dialog.getByText('Its logs begin after that time.').waitFor()
  await dialog.getByRole('button', { name: 'Latest' }).click()
  await rowOf('account:0001').getByText('balance 260').waitFor()
})

test('a comparison with an instant that is not covered says so once, in its place', async () => {
  await go(`#/source/${sourceId}/compare/2@1/2`)
  await page.getByRole('heading', { name: 'These instants cannot be compared.' }).waitFor()
  await page.getByText('No job is running').waitFor()
  expect(await page.getByRole('alert').count()).toBe(1)
  await page.getByRole('link', { name: 'Backup 2', exact: true }).click()
  await rowOf('account:0001').getByText('balance 260').waitFor()
})

test('a sequence inside a commit, or beyond the last one, shows the instant it stands for', async () => {
  await goToData(`?at=${last(2) - 1}`)
  await rowOf('account:0001').getByText('balance 100').waitFor()
  await instant()
    .getByText(/the last commit up to/)
    .waitFor()
  await goToData('?at=999999')
  await rowOf('account:0001').getByText('balance 260').waitFor()
  await instant().getByText('this backup ends there').waitFor()
})

test('commits are read as they are scrolled through', async () => {
  await go(`#/source/${sourceId}/backup/1/data/0`)
  await button('Choose an instant…').click()
  await page.getByText('The server writes no commit times: choose by sequence.').waitFor()
  await page.getByText('250 of 1 200 commits read').waitFor()
  const grid = page.getByRole('grid', { name: 'Commits' })
  await grid.focus()
  for (const readCount of ['500', '750', '1 000', '1 200']) {
    await page.keyboard.press('End')
    await page.getByText(`${readCount} of 1 200 commits read`).waitFor()
  }
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await rowOf('counter').getByText('0', { exact: true }).waitFor()
  expect(await hash()).toContain('?at=3')
})

test('a backup without logged commits says that it shows one instant', async () => {
  await go(`#/source/${sourceId}/backup/3/data/0`)
  await button('Choose an instant…').click()
  await page.getByText('No commits in its logs: this backup shows one instant.').waitFor()
})

test('the history of a key leads to the data as of each version, also of a deleted one', async () => {
  await goToData()
  await rowOf('account:0001').click()
  await inspector().getByText('History of this key').click()
  const versions = inspector().getByRole('list', { name: 'Versions, newest first' }).getByRole('listitem')
  await expect.poll(() => versions.count()).toBe(4)
  await expect
    .poll(() => versions.allInnerTexts().then((texts) => texts.map((text) => text.match(/balance \d+|opened/)?.[0])))
    .toEqual(['balance 260', 'balance 250', 'balance 100', 'opened'])
  await versions.nth(0).getByText('Shown now').waitFor()
  // written in the middle of a commit: it is seen after the whole of it
  await versions.nth(1).getByRole('button').click()
  await rowOf('account:0001').getByText('balance 250').waitFor()
  expect(await hash()).toContain(`?at=${last(2)}`)
  await versions.nth(1).getByText('Shown now').waitFor()

  await rowOf('account:0002').click()
  await expect.poll(() => versions.count()).toBe(2)
  await versions.nth(0).getByText('deleted', { exact: true }).waitFor()
  await versions.nth(0).getByRole('button').click()
  await inspector().getByText('This key has no value at this instant').waitFor()
})

test('rows are counted as of the instant', async () => {
  await goToData(`?at=${last(2)}`)
  await button('Count rows').click()
  const families = page.getByRole('region', { name: 'Column families' })
  await families.getByText('2 502 rows counted.').waitFor()
  await page.getByRole('link', { name: 'Show the latest' }).click()
  await button('Count rows').click()
  await families.getByText('103 rows counted.').waitFor()
  await page.goBack()
  await families.getByText('2 502 rows counted.').waitFor()
})

test('what looks like an accident is found, and the data before it is one step away', async () => {
  await goToData()
  await button('Choose an instant…').click()
  await button('Look for accidents').click()
  const finding = page.getByRole('list', { name: 'What looks like an accident' }).getByRole('listitem').first()
  await finding.getByText(/2,399 rows were deleted/).waitFor()
  await finding.getByText('2026-11-23 10:30:03.000116 UTC').waitFor()
  await finding.getByRole('button', { name: 'Show the data before it' }).click()
  await rowOf('account:0002').getByText('opened').waitFor()
  expect(await hash()).toContain(`?at=${last(2)}`)
})

test('two instants are compared, and both values of a changed row stand side by side', async () => {
  await goToData()
  await rowOf('account:0001').waitFor()
  await button('Compare with…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Backup' }).selectOption('2')
  await dialog.getByText('That is the same instant').waitFor()
  await dialog.getByRole('textbox').fill('2026-11-23 10:30:02.000116Z')
  await dialog.getByRole('button', { name: 'Compare', exact: true }).click()
  await page
    .getByText('2 400 differences')
    .or(page.getByText('200 differences read so far, of 2 400'))
    .first()
    .waitFor()
  expect(await hash()).toBe(`#/source/${sourceId}/compare/2@${last(2)}/2`)
  await rowOf('account:0001').click()
  const selected = page.getByRole('region', { name: 'Selected difference' })
  await selected.getByRole('region', { name: `Backup 2 as of sequence 2 505` }).getByText('balance 250').waitFor()
  await selected.getByRole('region', { name: 'Backup 2', exact: true }).getByText('balance 260').waitFor()
  await page.reload()
  await rowOf('account:0001').getByText('balance 250 → balance 260').waitFor()
  await page.getByRole('link', { name: 'Swap sides' }).click()
  await rowOf('account:0001').getByText('balance 260 → balance 250').waitFor()
})

test('two backups of a graph are compared by family, label and property', async (context) => {
  skipWithoutRocksdbTools(context)
  const { backupPath, databasePath } = await makeGraphBackups(tempDir(), 60)
  const node = {
    type: 'node' as const,
    id: 7n,
    labels: ['Customer', 'Gold'],
    properties: [{ name: 'country', value: { type: 'string' as const, value: 'PT' } }],
    createdAtMs: Date.UTC(2026, 10, 22),
    updatedAtMs: Date.UTC(2026, 10, 23),
  }
  const entry = [encodeRowKey({ tenant: 'default', type: 'node', id: 7n }), encodeStoredNode(node, 'A1')] as const
  await writeDatabase(databasePath, [{ kind: 'load', family: 'nodes', entries: [entry] }], { compression: 'lz4' })
  await runLdb([`--db=${databasePath}`, 'backup', `--backup_dir=${backupPath}`, '--num_threads=1'])
  const graphId = await openSource(backupPath)
  await go(`#/source/${graphId}/backup/4/data`)
  await button('Compare with…').click()
  await page.getByRole('combobox', { name: 'Backup' }).selectOption('1')
  await button('Compare').click()
  const counts = page.getByRole('region', { name: 'Counts' })
  await counts.getByRole('row', { name: 'nodes 300 1 1' }).waitFor()
  await counts.getByRole('row', { name: 'Gold 0 0 1' }).waitFor()
  await rowOf('node 7').click()
  const selected = page.getByRole('region', { name: 'Selected difference' })
  await selected.getByRole('row', { name: /^country.*changed NL PT$/ }).waitFor()
  await selected.getByRole('row', { name: /^labels.*changed Customer Customer, Gold$/ }).waitFor()
  await counts.getByRole('link', { name: 'edges' }).click()
  await rowOf('edge 401').waitFor()
  expect(await hash()).toBe(`#/source/${graphId}/compare/1/4/edges`)
})

test.each([
  ['dark', 1440],
  ['light', 1440],
  ['light', 760],
] as const)(
  'the dialogs and a selected difference have no accessibility problems in the %s theme at %i pixels',
  async (colorScheme, width) => {
    const look = await app.enter({ colorScheme, bypassCSP: true, viewport: { width, height: 900 } })
    const problems: string[] = []
    look.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
    const check = async (name: string) =>
      problems.push(...(await axeProblems(look)).map((problem) => `${name}: ${problem}`))
    // a dialog that still appears has pale colours
    const settled = () =>
      look.evaluate(() =>
        Promise.all(
          document
            .getAnimations()
            .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY)
            .map(({ finished }) => finished),
        ),
      )
    await look.evaluate((address) => location.assign(address), `#/source/${sourceId}/backup/2/data/0?at=${last(2)}`)
    await addAxe(look)
    await look.getByRole('button', { name: 'Choose an instant…' }).click()
    await look
      .getByRole('button', { name: 'Look for accidents' })
      .or(look.getByText(/rows were deleted/))
      .first()
      .waitFor()
    const start = look.getByRole('button', { name: 'Look for accidents' })
    if (await start.isVisible()) await start.click()
    await look.getByText(/rows were deleted/).waitFor()
    await settled()
    await check('instant')
    await look.keyboard.press('Escape')
    await look.getByRole('button', { name: 'Compare with…' }).click()
    await look.getByRole('dialog').getByRole('combobox').waitFor()
    await settled()
    await check('compare with')
    await look.keyboard.press('Escape')
    await look.getByRole('grid').getByRole('row').filter({ hasText: 'account:0001' }).click()
    await look.getByText('History of this key').click()
    await look.getByText('Shown now').waitFor()
    await check('history')
    await look.evaluate((address) => location.assign(address), `#/source/${sourceId}/compare/2@${last(2)}/2`)
    await look.getByRole('grid').getByRole('row').filter({ hasText: 'account:0001' }).click()
    await look.getByRole('heading', { name: 'Changed: account:0001' }).waitFor()
    await check('difference')
    await look.context().close()
    expect(problems).toEqual([])
  },
)
