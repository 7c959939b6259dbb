import type { Command } from 'commander'
import { AppError } from '#base/app-error.ts'
import { systemClock } from '#base/clock.ts'
import { errorCodes } from '#contract'
import { replayAddress, type UndoReport, type UndoRequest, undoLost } from '../../../core/undo-lost.ts'
import { bytes, print, table, visible } from '../render.ts'
import type { CommandOptions } from '../session.ts'
import { badArgument, keyOf } from '../usage.ts'

type UndoOptions = {
  readonly beforeCommit?: string
  readonly between?: readonly string[]
  readonly label: readonly string[]
  readonly edgeType: readonly string[]
  readonly keyPrefix?: string
  readonly commits?: readonly string[]
  readonly rows: string
  readonly export?: string
  readonly replay?: string
  readonly graph: string
  readonly passwordFile?: string
  readonly force: boolean
  readonly dryRun: boolean
}

const HELP = `
Choose what is undone by one commit, or by two instants:
  --before-commit 88120      what the commit of sequence 88120 took away, and nothing else
  --between 88119 88200      what was lost from the state after 88119 to the state after 88200
What was written since stays as it is. lifeboat commits --accidents finds commits to undo.`

/** Adds `lifeboat undo`. */
export function addUndoCommand(program: Command, globals: () => CommandOptions): void {
  program
    .command('undo <directory>')
    .description('find what was lost, export it, or bring it back on a running server, without rolling anything back')
    .addHelpText('after', HELP)
    .option('--before-commit <sequence>', 'undo this commit')
    .option('--between <sequences...>', 'undo everything between two sequences')
    .option('--label <label...>', 'only nodes with this label, and their edges', [])
    .option('--edge-type <type...>', 'only edges of this type (and the nodes of --label)', [])
    .option('--key-prefix <key>', 'only keys that begin so; text, or hex behind 0x')
    .option('--commits <sequences...>', 'only what commits from one sequence to another changed last')
    .option('--rows <count>', 'list so many of what was lost, as JSON', '0')
    .option('--export <file>', 'write what was lost to a new file: .jsonl, .sgsnap or .cypher')
    .option('--replay <host:port>', 'bring it back on this server')
    .option('--graph <name>', 'the graph', 'default')
    .option('--password-file <file>', 'the first line is the password of the server')
    .option('--force', 'set back also what was changed since', false)
    .option('--dry-run', 'only say what would be done', false)
    .action((directory: string, options: UndoOptions) => undo(directory, { ...globals(), ...options }))
}

/** `lifeboat undo`. */
async function undo(directory: string, options: CommandOptions & UndoOptions): Promise<void> {
  const stop = new StopRequest()
  const { commits, keyPrefix, replay, passwordFile } = options
  const [fromSequence, toSequence] = commits === undefined ? [null, null] : pairOf('--commits', commits)
  const request: UndoRequest = {
    repositoryPath: directory,
    window: windowOf(options),
    filter: {
      labels: options.label,
      edgeTypes: options.edgeType,
      keyPrefix: keyPrefix === undefined ? null : new Uint8Array(Buffer.from(keyOf(keyPrefix), 'base64')),
      commits: fromSequence === null || toSequence === null ? null : { fromSequence, toSequence },
      tenant: null,
    },
    graph: options.graph,
    rowCount: countOf('--rows', options.rows),
    exportPath: options.export ?? null,
    replayTo: replay === undefined ? null : replayAddress(replay, passwordFile ?? null),
    isDryRun: options.dryRun,
    isForced: options.force,
    dataFolder: options.dataFolder,
    clock: systemClock,
    onReplay: () => stop.listen(),
    onProgress: ({ phase, doneCount }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${phase}: ${doneCount}`)
    },
    checkpoint: () => stop.check(),
  }
  try {
    const report = await undoLost(request)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    const rows = report.rows.map((line) => JSON.parse(line) as unknown)
    if (report.lost.damageCount > 0) process.exitCode = errorCodes.DAMAGED
    print(options.json, { ...report, rows }, () => reportText(report))
  } finally {
    stop.close()
  }
}

/** Ctrl-C ends a replay between two batches; the second one ends the process. */
class StopRequest {
  #isStopped = false
  readonly #onInterrupt = () => {
    if (this.#isStopped) process.exit(130)
    this.#isStopped = true
  }

  /** Before that, Ctrl-C ends the process at once: it only reads, and waits for nothing. */
  listen(): void {
    process.on('SIGINT', this.#onInterrupt)
  }

  check(): void {
    if (this.#isStopped)
      throw new AppError('STOPPED', {
        message: 'stopped',
        unharmed: 'What was brought back so far stays, and is in the journal.',
        nextStep: 'Run the same undo again to go on.',
      })
  }

  close(): void {
    process.off('SIGINT', this.#onInterrupt)
  }
}

function windowOf({ beforeCommit, between }: UndoOptions): UndoRequest['window'] {
  if ((beforeCommit === undefined) === (between === undefined))
    throw badArgument('what to undo is not clear', 'undo', 'Give either --before-commit or --between.')
  if (beforeCommit !== undefined) return { kind: 'commit', sequence: countOf('--before-commit', beforeCommit) }
  const [beforeSequence, afterSequence] = pairOf('--between', between ?? [])
  return { kind: 'between', beforeSequence, afterSequence }
}

function pairOf(name: string, given: readonly string[]): readonly [number, number] {
  const [from, to] = given
  if (from === undefined || to === undefined || given.length !== 2)
    throw badArgument(`${name} takes two sequences`, given.join(' '), 'Write the earlier one first.')
  return [countOf(name, from), countOf(name, to)]
}

function countOf(name: string, given: string): number {
  const count = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(count)) return count
  throw badArgument(`${name} takes a whole number`, given, 'Sequences are listed by: lifeboat commits <directory>.')
}

function reportText({ lost, rows, exported, replay, beforeSequence, afterSequence }: UndoReport): string {
  const { nodes, edges, others, addedCount, labels, edgeTypes, damageCount } = lost
  const counts = [
    ['nodes', nodes],
    ...labels.map((each) => [`  :${visible(each.name)}`, each] as const),
    ['edges', edges],
    ...edgeTypes.map((each) => [`  :${visible(each.name)}`, each] as const),
    ['other keys', others],
  ] as const
  const lines = [
    `Lost between the sequences ${beforeSequence} and ${afterSequence}:`,
    table(
      ['', 'removed', 'changed'],
      counts.map(([name, { removedCount, changedCount }]) => [name, removedCount, changedCount]),
    ),
    `${addedCount} rows were added, and stay.`,
  ]
  if (damageCount > 0) lines.push(`${damageCount} places could not be read: what was lost near them may be missing.`)
  lines.push(...rows.map(visible))
  if (exported !== null) {
    const { path, nodeCount, edgeCount, otherCount, sizeBytes, losses } = exported
    lines.push(
      `Written: ${path}, ${nodeCount} nodes, ${edgeCount} edges, ${otherCount} other keys, ${bytes(sizeBytes)}.`,
    )
    lines.push(...losses)
  }
  return [...lines, ...(replay === null ? [] : replayLines(replay))].join('\n')
}

function replayLines(replay: NonNullable<UndoReport['replay']>): string[] {
  const { nodes, edges, properties, labels, isPreview } = replay
  const lines = [
    isPreview ? 'A replay would do this; nothing was changed:' : 'Brought back:',
    table(
      ['', 'done', 'there already', 'changed since', 'not possible'],
      [
        ['nodes', nodes.createdCount, nodes.alreadyCount, nodes.conflictingCount, nodes.tooLongCount],
        ['edges', edges.createdCount, edges.alreadyCount, 0, edges.endlessCount + edges.tooLongCount],
        [
          'properties',
          properties.setCount,
          properties.alreadyCount,
          properties.conflictingCount,
          properties.goneCount + properties.unwritableCount,
        ],
        ['labels', labels.setCount, labels.alreadyCount, 0, labels.goneCount],
      ],
    ),
    ...replay.conflicts.map(visible),
  ]
  if (replay.leftOutCount > 0)
    lines.push(
      `${replay.leftOutCount} properties are of types that Cypher cannot write: they come back only from a .jsonl or .sgsnap file.`,
    )
  if (replay.duplicateCount > 0)
    lines.push(`${replay.duplicateCount} rows that a lost query made twice were deleted once.`)
  return lines
}
