import { Command, Option } from 'commander'
import { errorCodes, type VerificationLevel } from '#contract'
import { defaultDataFolder } from '../../core/default-data-folder.ts'
import { inspect, list } from './commands/look.ts'
import { serve } from './commands/serve.ts'
import { addUndoCommand } from './commands/undo.ts'
import { verify } from './commands/verify.ts'
import { infoOf } from './failure.ts'
import { addRecoveryCommands } from './recovery-commands.ts'
import { addServingCommands } from './serving-commands.ts'
import { packageVersion } from './session.ts'
import { addStateCommands } from './state-commands.ts'

const program = new Command('lifeboat')
  .description('Know whether you can restore, look into backups, prove them, bring the data back.')
  .version(packageVersion())
  .addOption(
    new Option('--data-folder <path>', 'where the catalogue lies').default(
      defaultDataFolder(process.platform, process.env),
    ),
  )
  .option('--json', 'print the answer as JSON', false)
  .showHelpAfterError('(lifeboat --help shows every command)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : errorCodes.BAD_REQUEST))

const globals = () => program.opts<{ dataFolder: string; json: boolean }>()

program
  .command('open <directory>')
  .description('open a backup directory, index it, and list its backups')
  .action((path: string) => list(path, globals()))
program
  .command('ls <directory>')
  .description('list the backups of a directory, newest first')
  .action((path: string) => list(path, globals()))
program
  .command('inspect <directory> [backup]')
  .description('what is in a backup: an id, or "latest"')
  .option('--files', 'list its files', false)
  .option('--data <column family>', 'show the first rows of a column family')
  .option('--limit <rows>', 'how many rows', '20')
  .action((path: string, backup: string | undefined, options: { files: boolean; data?: string; limit: string }) =>
    inspect(path, backup ?? 'latest', { ...globals(), ...options, data: options.data }),
  )
addStateCommands(program, globals)
program
  .command('verify <directory>')
  .description('prove that the files of backups are what they were when they were made')
  .option('-b, --backup <id...>', 'only these backups (default: all)', [])
  .addOption(new Option('--level <level>', 'how deep').choices(['presence', 'checksum', 'deep']).default('checksum'))
  .action((path: string, options: { backup: string[]; level: VerificationLevel }) =>
    verify(path, { ...globals(), ...options }),
  )
addRecoveryCommands(program, globals)
addUndoCommand(program, globals)
addServingCommands(program, globals)
program
  .command('serve')
  .description('show the interface in a browser of this machine')
  .option('--port <port>', 'a fixed port (default: any free one)', '0')
  .option('--open', 'open the default browser', false)
  .addOption(new Option('--dev-page <origin>').hideHelp())
  .action((options: { port: string; open: boolean; devPage?: string }) =>
    serve({ ...globals(), ...options, devPage: options.devPage }),
  )

// whoever reads the answer has seen enough of it, as in "lifeboat rows … | head"
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  await program.parseAsync()
} catch (thrown) {
  const info = infoOf(thrown)
  const { message, subject, unharmed, nextStep } = info
  const lines = [`lifeboat: ${message}${subject === null ? '' : `: ${subject}`}`, unharmed, nextStep]
  if (globals().json) process.stdout.write(`${JSON.stringify({ error: info }, null, 2)}\n`)
  else process.stderr.write(`${lines.filter((line) => line !== null).join('\n')}\n`)
  if (info.code === 'INTERNAL' && info.details !== null) process.stderr.write(`${info.details}\n`)
  process.exitCode = errorCodes[info.code]
}
