import { type Command, Option } from 'commander'
import type { ProofLevel } from '#contract'
import { type MarkOptions, mark } from './commands/mark.ts'
import { recover } from './commands/recover.ts'
import { report } from './commands/report.ts'
import { restore } from './commands/restore.ts'
import { askedPoint, type PointOptions } from './point-options.ts'
import { rateOf } from './protection-options.ts'
import type { CommandOptions } from './session.ts'
import { badArgument } from './usage.ts'

const POINTS = `
Without a point, the files of a backup are brought back as they are (--backup, of any BackupEngine directory).
With a point, the state of a repository at that instant: a full backup and the commits of the archive behind it.
  --to-time "2026-11-23 07:33:12.500000"   the commits up to then, that microsecond included; UTC without --zone
  --to-time "10:30:05" --exclusive         those before it
  --to-sequence 88120                      up to this sequence
  --before 88121                           up to the commit before the one of this sequence
  --to-backup 41                           the state of that full or incremental backup
  --latest                                 all that there is
  --mark "before the release"              a point that was named with lifeboat mark
--dry-run shows what would be kept and what given up; --save-plan keeps that for --plan.`

type RestoreOptions = PointOptions & {
  readonly backup?: string
  readonly to?: string
  readonly target?: string
  readonly timeline?: string
  readonly proof: ProofLevel
  readonly rate?: string
  readonly plan?: string
  readonly savePlan?: string
  readonly report?: string
  readonly dryRun: boolean
}

/** The commands that bring data back: `restore`, `report` and `mark`. */
export function addRecoveryCommands(program: Command, globals: () => CommandOptions): void {
  program
    .command('restore <directory>')
    .description('restore a backup, or the state at an instant, into a new directory')
    .option('-b, --backup <id>', 'the files of this backup (default: latest)')
    .option('--to-time <time>', 'the state at a time')
    .option('--exclusive', 'without the commits of that very microsecond', false)
    .option('--zone <zone>', 'the zone of a time without one, as Europe/Berlin', 'UTC')
    .option('--to-sequence <n>', 'the state after the last whole commit up to a sequence')
    .option('--before <n>', 'the state before the commit of a sequence')
    .option('--to-backup <id>', 'the state of a full or an incremental backup')
    .option('--latest', 'the newest state', false)
    .option('--mark <name>', 'the state at a named point')
    .option('--plan <file>', 'what a dry run saved')
    .option('--to, --target <path>', 'the directory to make')
    .option('--timeline <id>', 'on another timeline than the current one')
    .addOption(
      new Option('--proof <level>', 'how deep the result is compared with the repository')
        .choices(['counts', 'sampled', 'full'])
        .default('sampled'),
    )
    .option('--rate <MiB/s>', 'the most that is copied a second')
    .option('--save-plan <file>', 'write the plan as JSON')
    .option('--report <file>', 'write the signed report as JSON')
    .option('--dry-run', 'show the plan, write nothing', false)
    .addHelpText('after', POINTS)
    .action((directory: string, options: RestoreOptions) => runRestore(directory, { ...globals(), ...options }))
  program
    .command('report <file>')
    .description('show the report of a restore, and whether it is as it was signed')
    .action((path: string) => report(path, globals()))
  program
    .command('mark <name>')
    .description('name the newest state, to go back to')
    .option('--repo <directory>', 'of a repository that no agent writes now')
    .option('--server <host:port>', 'through the agent or sandbox that answers there')
    .option('--password-file <path>', 'its password, in the first line of a file')
    .action((name: string, options: Omit<MarkOptions, 'json'>) => mark(name, { ...globals(), ...options }))
}

function runRestore(directory: string, options: RestoreOptions & CommandOptions): Promise<void> {
  const point = askedPoint(options)
  const targetPath = options.target ?? null
  if (point === null && options.plan === undefined) {
    if (targetPath === null) throw noTarget()
    return restore(directory, { ...options, backup: options.backup ?? 'latest', to: targetPath })
  }
  if (options.backup !== undefined || (point !== null && options.plan !== undefined)) {
    throw badArgument(
      'more than one thing to restore',
      directory,
      'Write a point, --plan or --backup; --to-backup is the state of a backup, incremental ones too.',
    )
  }
  if (targetPath === null && !options.dryRun) throw noTarget()
  return recover(directory, point ?? { kind: 'plan', path: options.plan ?? '' }, {
    dataFolder: options.dataFolder,
    json: options.json,
    targetPath,
    timeline: options.timeline ?? null,
    proofLevel: options.proof,
    rateLimitBytesPerSecond: options.rate === undefined ? 0 : rateOf('--rate', options.rate),
    savePlan: options.savePlan ?? null,
    report: options.report ?? null,
    dryRun: options.dryRun,
  })
}

function noTarget(): Error {
  return badArgument('where to is missing', '--target', 'Write --target <path>: a directory that does not exist yet.')
}
