// The page from Vite with hot replacement, and the browser host on the sources, started again when one changes. The page
// asks for /rpc where it came from, so Vite passes that on to the host.
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'vite'
import { pageConfig } from './build.mjs'
import { runChild } from './setup/child.mjs'
import { root } from './setup/paths.mjs'

/** A port that is free now; the host keeps it over its restarts, so that the page finds it again. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

const port = await freePort()
const proxy = { '/rpc': { target: `ws://127.0.0.1:${port}`, ws: true, changeOrigin: true } }
const server = await createServer({ ...pageConfig(root), server: { host: '127.0.0.1', port: 0, proxy } })
await server.listen()
const page = server.resolvedUrls?.local[0]?.replace(/\/$/, '')
if (page === undefined) throw new Error('the development server of the page has no address')

const host = join(root, 'src-main', 'hosts', 'cli', 'main.ts')
const serve = ['serve', '--port', String(port), '--dev-page', page]
const args = ['--watch', '--watch-preserve-output', host, ...serve, ...process.argv.slice(2)]
const { exitCode } = await runChild(process.execPath, args)
await server.close()
process.exit(exitCode)
