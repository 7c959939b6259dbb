import { AppError } from '#base/app-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import type { DroppedContent } from '../../samyama/snapshot/snapshot-record.ts'
import { SnapshotWriter } from '../../samyama/snapshot/snapshot-writer.ts'
import type { LostCounts } from '../lost.ts'
import type { LostReader } from '../read-lost.ts'
import { CypherScript } from './cypher-script.ts'
import { DurableOutput } from './durable-output.ts'
import { lostLine } from './lost-lines.ts'

export type ExportFormat = 'jsonl' | 'sgsnap' | 'cypher'

export type ExportFacts = {
  readonly repositoryPath: string
  readonly beforeSequence: number
  readonly afterSequence: number
  /** the graph, where the format names one */
  readonly tenant: string
  readonly createdAtUs: number
  readonly counts: LostCounts
}

export type ExportResult = {
  readonly path: string
  readonly format: ExportFormat
  readonly nodeCount: number
  readonly edgeCount: number
  readonly otherCount: number
  readonly sizeBytes: number
  /** what the format cannot carry, in sentences; empty: it carries all */
  readonly losses: readonly string[]
}

/** The format that the end of a file's name asks for. @throws AppError BAD_REQUEST */
export function formatOf(path: string): ExportFormat {
  for (const format of ['jsonl', 'sgsnap', 'cypher'] as const) if (path.endsWith(`.${format}`)) return format
  throw new AppError('BAD_REQUEST', {
    message: 'the name of the file does not say what to write',
    subject: path,
    unharmed: 'Nothing was written.',
    nextStep: 'End it with .jsonl, .sgsnap or .cypher.',
  })
}

/**
 * Writes what was lost into a new file, which is there when all of it is on the disk.
 * @throws AppError TARGET_NOT_EMPTY, TARGET_BUSY, DISK_FULL, ACCESS_DENIED, IO_FAILED; what reading throws. Nothing is left then.
 */
export async function exportLost(
  lost: LostReader,
  path: string,
  facts: ExportFacts,
  layer: FileLayer,
): Promise<ExportResult> {
  const format = formatOf(path)
  const output = new DurableOutput(path, layer)
  try {
    const written = await writers[format](lost, output, facts)
    output.finish()
    return { path: output.path, format, ...written, sizeBytes: output.writtenBytes }
  } catch (error) {
    output.abort()
    throw error
  }
}

type Written = Pick<ExportResult, 'nodeCount' | 'edgeCount' | 'otherCount' | 'losses'>
type Write = (lost: LostReader, output: DurableOutput, facts: ExportFacts) => Written | Promise<Written>

const writers: Readonly<Record<ExportFormat, Write>> = { jsonl: writeLines, sgsnap: writeSnapshot, cypher: writeScript }

function writeLines(lost: LostReader, output: DurableOutput, facts: ExportFacts): Written {
  const { repositoryPath, beforeSequence, afterSequence, createdAtUs } = facts
  const from = { repositoryPath, beforeSequence, afterSequence, createdAtUs }
  output.writeText(`${JSON.stringify({ kind: 'header', format: 'lifeboat-lost', formatVersion: 1, ...from })}\n`)
  const counts = { node: 0, edge: 0, other: 0 }
  for (const row of lost.rows('all')) {
    counts[row.kind] += 1
    output.writeText(lostLine(row))
  }
  const written = { nodeCount: counts.node, edgeCount: counts.edge, otherCount: counts.other }
  // a file without this line was cut
  output.writeText(`${JSON.stringify({ kind: 'end', ...written })}\n`)
  return { ...written, losses: [] }
}

async function writeSnapshot(lost: LostReader, output: DurableOutput, facts: ExportFacts): Promise<Written> {
  const { counts } = facts
  const [nodeCount, edgeCount] = [sumOf(counts.nodes), sumOf(counts.edges)]
  const writer = new SnapshotWriter(
    {
      version: 2,
      tenant: facts.tenant,
      nodeCount,
      edgeCount,
      labels: counts.labels.map(({ name }) => name).sort(),
      edgeTypes: counts.edgeTypes.map(({ name }) => name).sort(),
      createdAt: new Date(facts.createdAtUs / 1000).toISOString(),
      samyamaVersion: 'lifeboat',
      dropped: [],
      queries: null,
    },
    (bytes) => output.write(bytes),
  )
  try {
    for (const which of ['nodes', 'edges'] as const)
      for (const row of lost.rows(which)) if (row.kind !== 'other') await writer.add(row.before)
    const losses = await writer.finish()
    return { nodeCount, edgeCount, otherCount: 0, losses: [...losses.map(lossText), ...othersLeft(counts)] }
  } catch (error) {
    writer.abort()
    throw error
  }
}

function writeScript(lost: LostReader, output: DurableOutput, facts: ExportFacts): Written {
  const script = new CypherScript(
    (text) => output.writeText(text),
    (tenant, id) => lost.endState(tenant, id),
  )
  script.remark(
    `What was lost between the sequences ${facts.beforeSequence} and ${facts.afterSequence}: removed nodes, then edges.`,
  )
  script.remark('Run it once, line by line, in order: a second run makes everything a second time.')
  const counts = { nodeCount: 0, edgeCount: 0, otherCount: 0 }
  let changedCount = 0
  for (const row of lost.rows('nodes')) {
    if (row.kind === 'node' && row.after === null) {
      counts.nodeCount += 1
      script.addNode(row)
    } else changedCount += 1
  }
  script.endNodes()
  for (const row of lost.rows('edges')) {
    if (row.kind === 'edge' && row.after === null) {
      counts.edgeCount += 1
      script.addEdge(row)
    } else changedCount += 1
  }
  script.finish()
  const { unwritableCount, endlessCount } = script
  counts.edgeCount -= endlessCount
  const losses = [
    ...sentence(unwritableCount, 'properties are of a type that Cypher cannot write: they are left out.'),
    ...sentence(
      endlessCount,
      'edges begin or end at a node that is neither there nor in this file: they are left out.',
    ),
    ...sentence(
      changedCount,
      'rows were changed, not removed: a script makes only what is gone; replay sets them back.',
    ),
    ...othersLeft(facts.counts),
  ]
  return { ...counts, losses }
}

function sumOf({ removedCount, changedCount }: { removedCount: number; changedCount: number }): number {
  return removedCount + changedCount
}

function othersLeft({ others }: LostCounts): string[] {
  return sentence(sumOf(others), 'rows are neither nodes nor edges: only .jsonl carries them.')
}

function lossText({ count, detail }: DroppedContent): string {
  return `${count}: ${detail}`
}

function sentence(count: number, text: string): string[] {
  return count === 0 ? [] : [`${count} ${text}`]
}
