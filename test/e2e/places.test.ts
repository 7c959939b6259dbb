/**
 * Goal: every place is usable by everybody and free of errors, in both themes and in a narrow window.
 * Method: axe on the real page over real backups; nothing may be reported by the page, its console or its policy.
 */
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWebApp, type WebApp } from '../support/web-app.ts'
import { addAxe, axeProblems } from './support/axe.ts'

let folder: string
let app: WebApp
/** what each place is called, where it is, and a text that only it shows */
let places: [name: string, hash: string, text: string][]

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  app = await startWebApp(folder)
  const { client } = app.core
  const path = join(folder, 'backup_v2_api')
  cpSync(join(import.meta.dirname, '..', 'fixtures', 'rocksdb', 'backup_v2_api'), path, { recursive: true })
  const source = await client.sources.open({ path })
  await app.core.jobFinished(source.indexJobId ?? 0)
  const { jobId } = await client.verify.start({ sourceId: source.sourceId, backupIds: null, level: 'checksum' })
  await app.core.jobFinished(jobId)
  const backup = `#/source/${source.sourceId}/backup/3`
  places = [
    ['home', '#/', 'Can we restore?'],
    ['source', `#/source/${source.sourceId}`, 'Look again'],
    ['overview', `${backup}/overview`, 'Files by role'],
    ['files', `${backup}/files`, 'Entries'],
    ['data', `${backup}/data`, 'Sequence'],
    ['data at an instant', `#/source/${source.sourceId}/backup/2/data/0?at=3`, 'Show the latest'],
    ['data at no instant', `#/source/${source.sourceId}/backup/2/data/0?at=1`, 'INSTANT_NOT_COVERED'],
    ['compare', `#/source/${source.sourceId}/compare/1/2`, 'all of them'],
    ['verifications', `${backup}/verifications`, 'Expected'],
    ['raw', `${backup}/raw`, 'as it is on disk'],
    ['restore', `#/source/${source.sourceId}/backup/2/restore`, 'Start the restore'],
    ['activity', '#/activity', 'Verify all backups'],
    ['settings', '#/settings', 'Appearance'],
    ['an address that is none', '#/nowhere', '/nowhere'],
  ]
})

afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.each([
  ['dark', 1440],
  ['light', 1440],
  ['dark', 760],
] as const)('the places in the %s theme at %i pixels', (colorScheme, width) => {
  test('have no accessibility problems, no errors and no sideways scrolling', async () => {
    const page = await app.enter({ colorScheme, bypassCSP: true, viewport: { width, height: 900 } })
    const found: string[] = []
    page.on('pageerror', (error) => found.push(`page error: ${error.message}`))
    page.on('console', (message) => message.type() === 'error' && found.push(`console: ${message.text()}`))
    await addAxe(page)
    for (const [name, hash, text] of places) {
      await page.evaluate((address) => location.assign(address), hash)
      await page.locator('main').getByText(text).first().waitFor()
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
      const problems = await axeProblems(page)
      found.push(...problems.map((problem) => `${name}: ${problem}`))
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      if (isWider) found.push(`${name}: scrolls sideways`)
    }
    await page.context().close()
    expect(found).toEqual([])
  })
})

test('the accessibility check finds a planted problem', async () => {
  const page = await app.enter({ bypassCSP: true })
  await addAxe(page)
  await page.evaluate(() => document.body.append(document.createElement('button')))
  expect(await axeProblems(page)).toEqual(['button-name: <button></button>'])
  await page.context().close()
})

test('the page breaks no rule of its own content policy', async () => {
  const page = await app.enter()
  const found: string[] = []
  page.on('console', (message) => message.type() === 'error' && found.push(message.text()))
  for (const [, hash, text] of places) {
    await page.evaluate((address) => location.assign(address), hash)
    await page.locator('main').getByText(text).first().waitFor()
  }
  await page.context().close()
  expect(found).toEqual([])
})
