// Goal: `lifeboat undo` does in a terminal what docs/undo.md says. Method: the built command line as a process of its own, against
// a sandbox.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { AccidentWorld, shapeOf } from '../support/accident-world.ts'
import { commandLine } from '../support/command-line.ts'

vi.setConfig({ testTimeout: 90_000 })

const graph = ['UNWIND range(1, 3) AS n CREATE (:A {n: n})', 'MATCH (a:A {n: 1}), (b:A {n: 2}) CREATE (a)-[:R]->(b)']

async function lost(context: Parameters<typeof AccidentWorld.start>[0]) {
  const world = await AccidentWorld.start(context, graph)
  const before = await world.sequence()
  const sequence = await world.commit('MATCH (n:A) WHERE n.n < 3 DETACH DELETE n')
  return { world, before, sequence, address: `127.0.0.1:${world.port}` }
}

describe('lifeboat undo', () => {
  test('counts what was lost, exports it, previews and replays it', async (context) => {
    const { world, before, sequence, address } = await lost(context)
    const { run, runJson } = commandLine()
    const at = ['undo', world.repo, '--before-commit', `${sequence}`]
    const counted = await run(...at)
    expect(counted).toMatchObject({ exitCode: 0, stderr: '' })
    expect(counted.stdout).toBe(
      [
        `Lost between the sequences ${before} and ${sequence}:`,
        '            removed  changed',
        'nodes             2        0',
        '  :A              2        0',
        'edges             1        0',
        '  :R              1        0',
        'other keys        0        0',
        '0 rows were added, and stay.\n',
      ].join('\n'),
    )
    expect(await runJson(...at, '--rows', '1')).toMatchObject({
      exitCode: 0,
      answer: { rows: [{ kind: 'node', change: 'removed', id: '1', before: { labels: ['A'] }, after: null }] },
    })
    const path = join(world.folder, 'lost.jsonl')
    expect(await runJson(...at, '--label', 'A', '--export', path)).toMatchObject({
      exitCode: 0,
      answer: { exported: { path, nodeCount: 2, edgeCount: 1, losses: [] }, replay: null },
    })
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(6)
    const replay = [...at, '--replay', address, '--graph', 'default']
    expect((await runJson(...replay, '--dry-run')).answer).toMatchObject({
      replay: { isPreview: true, nodes: { createdCount: 2 } },
    })
    const done = await run(...replay)
    expect(done).toMatchObject({ exitCode: 0, stderr: '' })
    expect(done.stdout).toContain(
      'Brought back:\n            done  there already  changed since  not possible\nnodes          2              0',
    )
    expect(shapeOf(world.now())).toEqual(shapeOf(world.at(before)))
    const between = ['undo', world.repo, '--between', `${before}`, `${sequence}`, '--replay', address]
    // the same loss, named in another way
    expect((await runJson(...between)).answer).toMatchObject({
      replay: { nodes: { createdCount: 0, alreadyCount: 2 } },
    })
  })

  test('says what is wrong with what it was given, and changes nothing', async (context) => {
    const { world, sequence } = await lost(context)
    const { run } = commandLine()
    const refused = async (...args: string[]) => {
      const { exitCode, stderr } = await run('undo', world.repo, ...args)
      return [exitCode, stderr.split('\n')[0]]
    }
    const unclear = 'lifeboat: what to undo is not clear: undo'
    expect(await refused()).toEqual([2, unclear])
    expect(await refused('--before-commit', '1', '--between', '1', '2')).toEqual([2, unclear])
    expect(await refused('--between', '1')).toEqual([2, 'lifeboat: --between takes two sequences: 1'])
    expect(await refused('--before-commit', 'x')).toEqual([2, 'lifeboat: --before-commit takes a whole number: x'])
    const at = ['--before-commit', `${sequence}`]
    expect(await refused(...at, '--replay', 'nowhere')).toEqual([2, 'lifeboat: no address of a server: nowhere'])
    expect(await refused(...at, '--replay', 'localhost:1')).toMatchObject([4, expect.stringContaining('lifeboat: ')])
    expect(await refused(...at, '--export', 'x.txt')).toMatchObject([
      2,
      expect.stringContaining('does not say what to write'),
    ])
    expect(await refused('--before-commit', '999999')).toMatchObject([
      3,
      expect.stringContaining('no commit with this sequence'),
    ])
    expect(await world.query('MATCH (n) RETURN count(n)')).toEqual([[1]])
  })

  test('takes the password of a server from a file', async (context) => {
    const { world, sequence, address } = await lost(context)
    const passwordFile = join(world.folder, 'password')
    writeFileSync(passwordFile, 'secret\n')
    const { run } = commandLine()
    const at = ['undo', world.repo, '--before-commit', `${sequence}`, '--replay', address]
    // this server takes none, and says so
    const { exitCode, stderr } = await run(...at, '--password-file', passwordFile)
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('the server takes no password')])
    expect(await run(...at, '--password-file', `${passwordFile}s`)).toMatchObject({ exitCode: 3 })
  })
})
