// What the demo's sandbox tells, without the sandbox: node scripted-sandbox.mjs <port of a server> <backup directory> <how it ends> …
import { cpSync } from 'node:fs'

const [port, backups, ending, ...args] = process.argv.slice(2)
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)
const repository = args[args.indexOf('--repo') + 1]

if (ending === 'deaf') {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
} else process.stdin.resume().on('end', () => process.exit(0))
process.stderr.write(`${'x'.repeat(100_000)}\nlast words\n`)
if (ending === 'dies') process.exit(3)
process.stdout.write('no event\n{"event":"unknown"}\n')
tell({ event: 'listening', host: '127.0.0.1', port: Number(port) })
tell({ event: 'demo', step: 'Making data', doneCount: 1, totalCount: 4 })
if (ending !== 'waits') {
  cpSync(backups, repository, { recursive: true })
  tell({ event: 'demo-ready', accidentAtUs: 123, lastGoodSequence: 45, fullId: 1, incrementIds: [2, 3] })
}
