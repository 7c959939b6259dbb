// The page from Vite with hot replacement, and the browser host on the sources, started again when one changes.
import { join } from 'node:path'
import { createServer } from 'vite'
import { pageConfig } from './build.mjs'
import { runChild } from './setup/child.mjs'
import { root } from './setup/paths.mjs'

const server = await createServer({ ...pageConfig(root), server: { host: '127.0.0.1', port: 0, strictPort: false } })
await server.listen()
const page = server.resolvedUrls?.local[0]?.replace(/\/$/, '')
if (page === undefined) throw new Error('the development server of the page has no address')

const host = join(root, 'src-main', 'hosts', 'cli', 'main.ts')
const args = ['--watch', '--watch-preserve-output', host, 'serve', '--dev-page', page, ...process.argv.slice(2)]
const { exitCode } = await runChild(process.execPath, args)
await server.close()
process.exit(exitCode)
