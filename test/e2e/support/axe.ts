import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8')

const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
  .then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) => rule.id + ': ' + node.html.slice(0, 160))))`

/** Brings axe into a page. It is injected as a script, which the page's policy would rightly refuse: enter with bypassCSP. */
export async function addAxe(page: Page): Promise<void> {
  await page.addScriptTag({ content: source })
}

/** What axe finds wrong in the page as it is now, one line each: rule and element. */
export async function axeProblems(page: Page): Promise<string[]> {
  return (await page.evaluate(run)) as string[]
}
