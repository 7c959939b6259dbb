import type { Command } from 'commander'
import { commits } from './commands/commits.ts'
import { count } from './commands/count.ts'
import { type DiffOptions, diff } from './commands/diff.ts'
import { get, history, type KeyOptions } from './commands/get.ts'
import { type RowsOptions, rows } from './commands/rows.ts'
import type { CommandOptions } from './session.ts'

const STATES = `
<directory> is a backup directory, or the directory of a database: stopped, crashed or running, it is only read.
A state is [backup][:instant], and the newest when left out:
  latest              the newest backup, or the database as it is now
  41                  backup 41
  41:88120            backup 41 as it was after the commit of sequence 88120
  :88120              the same of the newest backup, or of a database
  ":2026-11-23T07:33" as it was at that time; UTC, unless a zone follows, as in 2026-11-23T08:33+01:00
Which instants can be seen, and whether commits carry times: lifeboat commits <directory>.`

const KEYS = '\nA key is text, or hex behind 0x as keys are printed here.'

/** Adds the commands that look into a state. */
export function addStateCommands(program: Command, globals: () => CommandOptions): void {
  const command = (usage: string, description: string, help = '') =>
    program
      .command(usage)
      .description(description)
      .addHelpText('after', STATES + help)

  command('rows <directory> [state]', 'show rows of a backup or database, in key order', KEYS)
    .option('--family <name>', 'the column family (default: nodes when there is one, else default)')
    .option('--from <key>', 'begin at this key')
    .option('--to <key>', 'end before this key')
    .option('--reverse', 'from the last key to the first', false)
    .option('--limit <rows>', 'how many rows, or "all"', '20')
    .action((directory: string, state: string | undefined, options: RowsOptions) =>
      rows(directory, state ?? '', { ...globals(), ...options }),
    )
  command('get <directory> [state]', 'show the value of one key; exit status 3 when there is none', KEYS)
    .requiredOption('--key <key>', 'the key')
    .option('--family <name>', 'the column family (default: nodes when there is one, else default)')
    .action((directory: string, state: string | undefined, options: KeyOptions) =>
      get(directory, state ?? '', { ...globals(), ...options }),
    )
  command('history <directory> [state]', 'show every version of a key that is still in the files, newest first', KEYS)
    .requiredOption('--key <key>', 'the key')
    .option('--family <name>', 'the column family (default: nodes when there is one, else default)')
    .action((directory: string, state: string | undefined, options: KeyOptions) =>
      history(directory, state ?? '', { ...globals(), ...options }),
    )
  command('count <directory> [state]', 'count the rows of each column family, and of each label')
    .option('--family <name>', 'only this column family')
    .action((directory: string, state: string | undefined, options: { family?: string }) =>
      count(directory, state ?? '', { ...globals(), ...options }),
    )
  command(
    'diff <directory> <left> [right]',
    'tell what changed from the left state to the right one (default: latest)',
    '\nWith --rows, a line begins with + for an added row, - for a removed one, ~ for a changed one (old → new).',
  )
    .option('--family <name>', 'only this column family (with --rows the default is nodes when there is one)')
    .option('--rows', 'show the rows that differ instead of their numbers', false)
    .option('--limit <rows>', 'how many rows, or "all"', '20')
    .option('--right-directory <directory>', 'where the right state is, when elsewhere')
    .action((directory: string, left: string, right: string | undefined, options: DiffOptions) =>
      diff(directory, [left, right ?? ''], { ...globals(), ...options }),
    )
  command('commits <directory> [state]', 'list the commits in the logs, newest first: the instants to choose from')
    .option('--limit <commits>', 'how many commits, or "all"', '20')
    .option('--accidents', 'show what looks like an accident, and the last instant before it', false)
    .action((directory: string, state: string | undefined, options: { limit: string; accidents: boolean }) =>
      commits(directory, state ?? '', { ...globals(), ...options }),
    )
}
