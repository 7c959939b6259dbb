// Goal: an export of 100,000 nodes holds a bounded part of them in memory. Method: the built command line with a small heap, on the
// archive of a sandbox; the time is printed.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { AccidentWorld } from '../support/accident-world.ts'

vi.setConfig({ testTimeout: 240_000 })

const NODE_COUNT = 100_000
const HEAP_MEBIBYTES = 100
const main = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

test('a hundred thousand nodes and their edges are exported with a heap of 100 MiB', async (context) => {
  const world = await AccidentWorld.start(context, [])
  for (let from = 0; from < NODE_COUNT; from += 10_000) {
    await world.query(
      `UNWIND range(${from + 1}, ${from + 10_000}) AS n CREATE (a:Account {n: n, owner: 'owner number ' + toString(n), tags: ['a', 'b']}) CREATE (a)-[:OWNS {n: n}]->(a)`,
    )
  }
  const sequence = await world.commit('MATCH (n) DETACH DELETE n')
  for (const format of ['jsonl', 'sgsnap', 'cypher']) {
    const path = join(world.folder, `lost.${format}`)
    const startMs = performance.now()
    const args = ['--json', '--data-folder', world.folder, 'undo', world.repo]
    const heap = `--max-old-space-size=${HEAP_MEBIBYTES}`
    const child = spawn(process.execPath, [heap, main, ...args, '--before-commit', `${sequence}`, '--export', path])
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.toArray(),
      child.stderr.toArray(),
      new Promise((resolve) => child.on('close', resolve)),
    ])
    expect({ exitCode, stderr: Buffer.concat(stderr).toString() }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(Buffer.concat(stdout).toString())).toMatchObject({
      lost: { nodes: { removedCount: NODE_COUNT }, edges: { removedCount: NODE_COUNT }, damageCount: 0 },
      exported: { format, nodeCount: NODE_COUNT, edgeCount: NODE_COUNT, sizeBytes: readFileSync(path).byteLength },
    })
    console.info(`${format}: ${NODE_COUNT} nodes and edges in ${((performance.now() - startMs) / 1000).toFixed(1)} s`)
  }
})
