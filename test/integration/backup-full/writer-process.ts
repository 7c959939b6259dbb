// Writes into a database until it is killed, as fast as it can: `node writer.ts <database> <walTtlSeconds>`. After each
// transfer between accounts of family "default", which is one batch, the same counter is put into both families; keys of a
// window are put and, behind it, deleted. Flushes and compactions come often, since the write buffers are tiny.
import { createRequire } from 'node:module'

const ACCOUNTS = 8
const WINDOW = 500

const require = createRequire(import.meta.url)
const RocksDB = require('rocksdb-native')
const [path = '', walTtlSeconds = '0'] = process.argv.slice(2)
const family = { writeBufferSize: 65_536, tableFormatVersion: 5 }
const edges = new RocksDB.ColumnFamily('edges', { ...family, writeBufferSize: 150_000 })
const root = new RocksDB(path, { ...family, columnFamilies: [edges], walTtlSeconds: Number(walTtlSeconds) })
await root.ready()
const other = root.columnFamily('edges')
const balances = Array.from({ length: ACCOUNTS }, () => 1_000_000)

for (let step = 1; ; step += 1) {
  const [from, to, amount] = [step % ACCOUNTS, (step * 5 + 3) % ACCOUNTS, 1 + (step % 97)]
  balances[from] = (balances[from] ?? 0) - amount
  balances[to] = (balances[to] ?? 0) + amount
  const batch = root.write()
  for (const account of [from, to]) batch.tryPut(Buffer.from(`account${account}`), Buffer.from(`${balances[account]}`))
  batch.tryPut(Buffer.from('counter'), Buffer.from(`${step}`))
  batch.tryPut(windowKey(step), Buffer.alloc(100 + (step % 400), `${step} `))
  if (step > WINDOW) batch.tryDelete(windowKey(step - WINDOW))
  await batch.flush()
  batch.destroy()
  await other.put(Buffer.from('counter'), Buffer.from(`${step}`))
  if (step === 1)
    for (const account of balances.keys())
      await root.put(Buffer.from(`account${account}`), Buffer.from(`${balances[account]}`))
  if (step === 1000) process.stdout.write('written\n')
  if (step % 3000 === 0) await (step % 2 === 0 ? root : other).compact()
}

function windowKey(step: number): Buffer {
  return Buffer.from(`window${String(step).padStart(10, '0')}`)
}
