import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Benchmark, runRounds, type Unavailable } from './harness.ts'
import { formatTable, machineLine } from './report.ts'

const ROUNDS_MIN = 5
const SUFFIX = '.bench.ts'

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: String(ROUNDS_MIN) } },
  allowPositionals: true,
})
const [name] = positionals
const rounds = Number(values.rounds)
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))

if (
  positionals.length !== 1 ||
  name === undefined ||
  !names.includes(name) ||
  !Number.isInteger(rounds) ||
  rounds < ROUNDS_MIN
) {
  console.error(`usage: npm run bench -- <${names.join('|')}> [--rounds N], N at least ${ROUNDS_MIN}`)
  process.exitCode = 2
} else {
  await runBenchmark(name)
}

async function runBenchmark(benchmarkName: string): Promise<void> {
  const file = join(import.meta.dirname, `${benchmarkName}${SUFFIX}`)
  const { prepare } = (await import(file)) as { prepare: () => Promise<Benchmark | Unavailable> }
  const benchmark = await prepare()
  if ('missing' in benchmark) {
    console.log(`${benchmarkName}: the comparison did not run: ${benchmark.missing}`)
    return
  }
  try {
    const results = await runRounds(benchmark.subjects, rounds)
    const machine = machineLine()
    console.log(`${benchmarkName} ${JSON.stringify(benchmark.parameters)}, ${rounds} rounds\n${machine}\n`)
    console.log(formatTable(results))
    const record = { name: benchmarkName, parameters: benchmark.parameters, rounds, machine, subjects: results }
    writeResult(benchmarkName, record)
  } finally {
    for (const subject of benchmark.subjects) await subject.close()
  }
}

function writeResult(benchmarkName: string, record: object): void {
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `${benchmarkName}.json`), `${JSON.stringify(record, null, 2)}\n`)
}
