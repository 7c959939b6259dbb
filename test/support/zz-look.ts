import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWebApp } from './web-app.ts'
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-look-')))
const app = await startWebApp(folder)
try {
  const { jobId } = await app.core.client.servers.startDemo()
  const { result } = await app.core.jobFinished(jobId)
  if (result?.kind !== 'demo') throw new Error('no demo')
  const s = result.sourceId
  try { console.log(JSON.stringify(await app.core.client.recovery.overview({ sourceId: s })).slice(0, 2500)) } catch (e) { console.log(e) }
  const page = await app.enter({ colorScheme: 'dark' })
  page.on('pageerror', (e) => console.log('pageerror', e.message)); page.on('console', (m) => m.type() === 'error' && console.log('console', m.text()))
  const go = async (hash: string) => { await page.evaluate((a) => location.assign(a), hash) }
  const shot = (n: string) => page.screenshot({ path: `/tmp/look/${n}.png` })
  await go(`#/source/${s}`); await page.getByRole('slider').waitFor().catch(() => {}); await page.waitForTimeout(800); await shot('source')
  await go(`#/source/${s}/recover`); await page.waitForTimeout(300); await shot('what')
  await page.getByRole('button', { name: /^Undo/ }).click()
  await page.getByRole('button', { name: 'Use the point before' }).first().click({ timeout: 15000 }).catch(() => console.log('no hint'))
  await page.waitForTimeout(2500); await shot('when')
  await page.getByRole('button', { name: 'Around the point' }).click().catch(() => {}); await page.waitForTimeout(800); await shot('when-near')
  await page.setViewportSize({ width: 900, height: 1000 }); await page.emulateMedia({ colorScheme: 'light' }); await page.waitForTimeout(500); await shot('when-900-light'); await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Where to?' }).click().catch(() => console.log('no where')); await page.waitForTimeout(1200); await shot('where')
  await page.keyboard.press('Escape'); await page.getByRole('button', { name: 'Review' }).click().catch(() => console.log('no review')); await page.waitForTimeout(500); await shot('review')
  await page.getByRole('button', { name: 'Start the recovery' }).click().catch(() => console.log('no start')); await page.getByRole('heading', { name: /^Restored/ }).waitFor({ timeout: 40000 }).catch(() => console.log('not done')); await shot('done')
  await go(`#/source/${s}/recover/when?at=until.1000000000000000`); await page.waitForTimeout(1200); await shot('refused')
} finally { await app.close(); rmSync(folder, { recursive: true, force: true }) }
