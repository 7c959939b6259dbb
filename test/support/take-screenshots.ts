/** Makes the pictures in docs/screenshots from the built app over a made-up graph: node test/support/take-screenshots.ts */
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeGraphBackups } from './graph-backups.ts'
import { startWebApp } from './web-app.ts'

const pictures = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-pictures-')))
const app = await startWebApp(folder)
try {
  mkdirSync(pictures, { recursive: true })
  const made = await makeGraphBackups(folder)
  const path = join(folder, 'prod-graph')
  renameSync(made.backupPath, path)
  const { client, jobFinished } = app.core
  const source = await client.sources.open({ path })
  await jobFinished(source.indexJobId ?? 0)
  const { jobId } = await client.verify.start({ sourceId: source.sourceId, backupIds: null, level: 'checksum' })
  await jobFinished(jobId)

  const dark = await app.enter({ colorScheme: 'dark' })
  await dark.goto(`http://127.0.0.1:${app.host.port}/#/source/${source.sourceId}/backup/3/data`)
  await dark.getByRole('link', { name: /^nodes/ }).click()
  await dark.getByRole('row').filter({ hasText: 'Eve Sato 4' }).first().click()
  await dark.getByRole('heading', { name: 'Eve Sato 4' }).waitFor()
  await dark.screenshot({ path: join(pictures, 'data-dark.png') })
  await dark.goto(`http://127.0.0.1:${app.host.port}/#/`)
  await dark.getByRole('heading', { name: 'Can we restore?' }).waitFor()
  await dark.getByRole('heading', { name: 'prod-graph' }).waitFor()
  await dark.screenshot({ path: join(pictures, 'readiness-dark.png') })

  const light = await app.enter({ colorScheme: 'light' })
  await light.goto(`http://127.0.0.1:${app.host.port}/#/source/${source.sourceId}/backup/3/overview`)
  await light.getByRole('heading', { name: 'Files by role' }).waitFor()
  await light.screenshot({ path: join(pictures, 'overview-light.png') })

  const { jobId: demoJobId } = await client.servers.startDemo()
  const demo = await jobFinished(demoJobId)
  if (demo.result?.kind !== 'demo') throw new Error(`the demo ended as ${demo.state}: ${demo.error?.message}`)
  // new pages: those from before say that the demo is ready
  for (const colorScheme of ['dark', 'light'] as const) {
    const page = await app.enter({ colorScheme })
    await page.goto(`http://127.0.0.1:${app.host.port}/#/server/${demo.result.serverId}/backup/${demo.result.fullId}`)
    await page.getByRole('region', { name: 'Selected backup' }).getByText('nightly').waitFor()
    await page.screenshot({ path: join(pictures, `server-${colorScheme}.png`) })
  }

  const { sourceId, lastGoodSequence } = demo.result
  for (const colorScheme of ['dark', 'light'] as const) {
    const page = await app.enter({ colorScheme })
    const go = (hash: string) => page.goto(`http://127.0.0.1:${app.host.port}/#/source/${sourceId}${hash}`)
    await go(`/recover/when?intent=undo&at=sequence.${lastGoodSequence}`)
    await page.getByRole('button', { name: 'Use the point before' }).first().waitFor()
    const counts = page.getByRole('table', { name: 'Rows at this point and now' })
    await counts.getByRole('row').filter({ hasText: 'Customer' }).first().waitFor()
    await page.getByText('counting…').waitFor({ state: 'hidden' })
    await page.screenshot({ path: join(pictures, `recovery-when-${colorScheme}.png`) })
    await page.getByRole('button', { name: 'Where to?' }).click()
    await page.getByText('Nothing stands against it.').waitFor()
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByRole('button', { name: 'Start the recovery' }).click()
    await page.getByRole('heading', { name: 'Restored, and proved equal' }).waitFor()
    await page.screenshot({ path: join(pictures, `recovery-done-${colorScheme}.png`) })
    const [done] = await client.jobs.list({ limit: 1 })
    if (done?.result?.kind === 'recovery') rmSync(done.result.report.targetPath, { recursive: true })
  }
} finally {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
}
