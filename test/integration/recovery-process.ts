// A process that recovers, and dies by SIGKILL right before or right behind the nth call that changes the disk.
import { readFileSync } from 'node:fs'
import { nodeFileLayer } from '#base/file-layer.ts'
import { runRecovery } from '../../src-main/restore/recovery/run-recovery.ts'
import { portsOnLayer } from '../support/recovery-ports.ts'

const [orderPath = '', nth = '0', when = 'before'] = process.argv.slice(2)
let count = 0

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // until the signal arrives nothing more is done
  for (;;);
}

const mortal = Object.fromEntries(
  Object.entries(nodeFileLayer).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      count += 1
      if (count === Number(nth) && when === 'before') die()
      try {
        return (call as (...args: unknown[]) => unknown)(...args)
      } finally {
        if (count === Number(nth)) die()
      }
    },
  ]),
) as never as typeof nodeFileLayer

await runRecovery(JSON.parse(readFileSync(orderPath, 'utf8')), portsOnLayer(mortal))
console.info(count)
