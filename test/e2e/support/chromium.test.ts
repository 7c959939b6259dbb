// Goal: the browser of the tests draws, keeps the web's own rules and reaches loopback only. Method: ask a page.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { launchChromium } from '../../support/chromium.ts'

test('draws text with its own fonts and takes a screenshot', async () => {
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.setContent('<p><span id="sans" style="font: 16px sans-serif">wide</span> <code>mono</code></p>')
  const width = await page.locator('#sans').evaluate((element) => element.getBoundingClientRect().width)
  expect(width).toBeGreaterThan(20)
  const picture = await page.screenshot()
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
})

test('keeps a content security policy and reaches no other machine', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy': "script-src 'none'; connect-src *",
    })
    response.end('<script>document.title = "ran"</script><p>page</p>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const browser = await launchChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  expect(await page.title()).toBe('')
  await expect(page.goto('http://example.com/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED')
})
