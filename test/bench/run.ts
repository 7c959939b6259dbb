import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BarResult, checkBars } from './bars.ts'
import { type Benchmark, type BenchmarkOptions, type PlannedGroup, runRounds, type Unavailable } from './harness.ts'
import { formatBars, formatFigures, formatResults, loadAverage, machineLine } from './report.ts'

const ROUNDS_MIN = 5
const SUFFIX = '.bench.ts'

type BenchmarkModule = { plan(options: BenchmarkOptions): Promise<Benchmark | Unavailable> }

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: String(ROUNDS_MIN) },
    only: { type: 'string', multiple: true, default: [] },
    small: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
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
  console.error(
    `usage: npm run bench -- <${names.join('|')}> [--rounds N] [--only GROUP]... [--small] [--keep], N at least ${ROUNDS_MIN}
  --only   run this group; may be repeated
  --small  leave out what takes very much disk; of the agent: less of everything, and no result is kept
  --keep   keep made data that is too large to stay`,
  )
  process.exitCode = 2
} else {
  await runBenchmark(name)
}

async function runBenchmark(benchmarkName: string): Promise<void> {
  const file = join(import.meta.dirname, `${benchmarkName}${SUFFIX}`)
  const { plan } = (await import(file)) as BenchmarkModule
  const benchmark = await plan({ isSmall: values.small, keepsData: values.keep })
  if ('missing' in benchmark) {
    console.log(`${benchmarkName}: the comparison did not run: ${benchmark.missing}`)
    return
  }
  const groupNames = benchmark.groups.map((group) => group.name)
  const unknown = values.only.filter((group) => !groupNames.includes(group))
  if (unknown.length > 0) {
    console.error(`no such group: ${unknown.join(', ')}; there are ${groupNames.join(', ')}`)
    process.exitCode = 2
    return
  }
  const chosen = benchmark.groups.filter((group) => values.only.length === 0 || values.only.includes(group.name))
  const measured: [string, BarResult[]][] = []
  for (const group of chosen)
    measured.push([group.name, await runGroup(benchmarkName, group, benchmark.isTrial !== true)])
  console.log(`${formatBars(measured)}\n`)
  const notRun = benchmark.groups.filter((group) => !chosen.includes(group)).map((group) => group.name)
  for (const missing of [...notRun, ...benchmark.leftOut]) console.log(`NOT MEASURED, left out on request: ${missing}`)
}

async function runGroup(benchmarkName: string, planned: PlannedGroup, isKept: boolean): Promise<BarResult[]> {
  try {
    const { parameters, subjects, bars } = await planned.prepare()
    try {
      const loadBefore = loadAverage()
      const results = await runRounds(subjects, rounds)
      const machine = machineLine()
      const load = { before: loadBefore, after: loadAverage() }
      console.log(`${planned.name} ${JSON.stringify(parameters)}, ${rounds} rounds\n${machine}`)
      console.log(`load average ${load.before} before, ${load.after} after\n`)
      console.log(`${formatResults(results)}\n\n${formatFigures(results)}`)
      const barResults = checkBars(results, bars)
      const fileName = planned.name === benchmarkName ? benchmarkName : `${benchmarkName}-${planned.name}`
      const record = { name: fileName, parameters, rounds, machine, load, subjects: results, bars: barResults }
      if (isKept) writeResult(fileName, record)
      return barResults
    } finally {
      for (const subject of subjects) await subject.close()
    }
  } finally {
    planned.drop?.()
  }
}

function writeResult(fileName: string, record: object): void {
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `${fileName}.json`), `${JSON.stringify(record, null, 2)}\n`)
}
