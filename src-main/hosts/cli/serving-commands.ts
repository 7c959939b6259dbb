import { type Command, Option } from 'commander'
import { agent } from './commands/agent.ts'
import { type SandboxOptions, sandbox } from './commands/sandbox.ts'
import type { ServingOptions } from './protection-options.ts'

type Globals = () => { readonly json: boolean }

/** The commands that serve until they are ended: `agent` and `sandbox`. */
export function addServingCommands(program: Command, globals: Globals): void {
  serving(program.command('agent'))
    .description('protect the database of another process: back it up, archive its commits, answer ADMIN.BACKUP')
    .requiredOption('--data <path>', 'the directory of the database; it is only read')
    .action((options: ServingOptions & { data: string }) => agent({ ...globals(), ...options }))
  serving(program.command('sandbox'))
    .description('a small graph server on RocksDB with the agent built in, to try things out')
    .requiredOption('--data <path>', 'the directory of its database; made when it is not there')
    .option('--demo', 'begin with data, backups and an accident', false)
    .option('--sync', 'answer a write when it is archived, and on the disk', false)
    .addOption(new Option('--end-with-input', 'end when standard input ends').default(false).hideHelp())
    .action((options: SandboxOptions) => sandbox({ ...globals(), ...options }))
}

function serving(command: Command): Command {
  return command
    .requiredOption('--repo <path>', 'the repository; made when it is not there')
    .option('--listen <host:port>', 'where to answer; other machines need TLS and a password', '127.0.0.1:6390')
    .option('--password-file <path>', 'the password, in the first line of a file')
    .option('--tls-cert <path>', 'certificate (PEM)')
    .option('--tls-key <path>', 'its key (PEM)')
    .option('--tls-ca <path>', 'clients must show a certificate of this authority (PEM)')
    .option('--insecure', 'serve other machines without TLS or password', false)
    .option('--rate-limit <MiB/s>', 'the most that a full backup reads')
    .option('--metrics <host:port>', 'serve /metrics for Prometheus')
    .addOption(
      new Option('--log-level <level>', 'on standard error, as JSON lines')
        .choices(['silent', 'error', 'warn', 'info', 'debug'])
        .default('info'),
    )
}
