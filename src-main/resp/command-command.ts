import { keywordOf, textOf } from './argument-text.ts'
import { syntaxError } from './command-errors.ts'
import type { Command, CommandFacts } from './command-table.ts'
import { array, bulk, errorReply, integer, map, nullReply, type Reply, simple } from './reply.ts'

const subcommands: readonly CommandFacts[] = [
  { name: 'COUNT', arity: 2, summary: 'Returns the number of commands.' },
  { name: 'DOCS', arity: -2, summary: 'Returns a description of commands.' },
  { name: 'INFO', arity: -2, summary: 'Returns name, arity and flags of commands.' },
  { name: 'LIST', arity: -2, summary: 'Returns the names of commands.' },
  { name: 'GETKEYS', arity: -3, summary: 'Returns the keys of a command.' },
]

/** COMMAND: what a client library or a shell wants to know about the commands of `all`. */
export function commandCommand(all: () => readonly Command[]): Command {
  return {
    name: 'COMMAND',
    arity: -1,
    summary: 'Returns what can be asked for.',
    group: 'server',
    flags: ['loading', 'stale'],
    isForEveryone: true,
    subcommands: subcommands.map((subcommand) => ({ ...subcommand, isForEveryone: true })),
    run: ([subcommand, ...names]) => answer(keywordOf(subcommand), names, all()),
  }
}

function answer(subcommand: string, names: readonly Uint8Array[], all: readonly Command[]): Reply {
  switch (subcommand) {
    case '':
      return array(all.map(infoOf))
    case 'COUNT':
      return integer(all.length)
    case 'INFO':
      return array(names.length === 0 ? all.map(infoOf) : names.map((name) => infoOrNull(find(all, name))))
    case 'DOCS':
      return map(Object.fromEntries(chosen(all, names).map((command) => [command.name.toLowerCase(), docsOf(command)])))
    case 'LIST':
      return list(names, all)
    default:
      return errorReply('ERR', 'The command has no key arguments')
  }
}

function find(all: readonly Command[], name: Uint8Array): Command | undefined {
  const keyword = keywordOf(name)
  return all.find((command) => command.name === keyword)
}

function chosen(all: readonly Command[], names: readonly Uint8Array[]): readonly Command[] {
  return names.length === 0 ? all : [...new Set(names.flatMap((name) => find(all, name) ?? []))]
}

function infoOrNull(command: Command | undefined): Reply {
  return command === undefined ? nullReply : infoOf(command)
}

/** The ten fields of Redis 7; no command has keys. */
function infoOf(command: Command): Reply {
  return factsOf(command, command.name.toLowerCase(), command)
}

function factsOf(facts: CommandFacts, name: string, command: Command): Reply {
  const nested = facts === command ? (command.subcommands ?? []) : []
  const noKeys = [integer(0), integer(0), integer(0)]
  const nestedFacts = nested.map((subcommand) =>
    factsOf(subcommand, `${name}|${subcommand.name.toLowerCase()}`, command),
  )
  return array([
    bulk(name),
    integer(facts.arity),
    array([...command.flags, ...(command.isBeforeLogin === true ? ['no_auth'] : [])].map(simple)),
    ...noKeys,
    array([simple(`@${command.group}`)]),
    array([]),
    array([]),
    array(nestedFacts),
  ])
}

function docsOf(command: Command): Reply {
  const nested = (command.subcommands ?? []).map((subcommand) => [
    `${command.name}|${subcommand.name}`.toLowerCase(),
    map({ summary: bulk(subcommand.summary), group: bulk(command.group) }),
  ])
  return map({
    summary: bulk(command.summary),
    group: bulk(command.group),
    ...(nested.length === 0 ? {} : { subcommands: map(Object.fromEntries(nested)) }),
  })
}

/** With FILTERBY PATTERN: `*` at the end alone; categories are the groups; there are no modules. */
function list(options: readonly Uint8Array[], all: readonly Command[]): Reply {
  const [filterBy, kind, value] = options
  const names = (commands: readonly Command[]) => array(commands.map((command) => bulk(command.name.toLowerCase())))
  if (filterBy === undefined) return names(all)
  if (options.length !== 3 || keywordOf(filterBy) !== 'FILTERBY' || value === undefined) return syntaxError
  const wanted = textOf(value).toLowerCase()
  switch (keywordOf(kind)) {
    case 'MODULE':
      return array([])
    case 'ACLCAT':
      return names(all.filter((command) => command.group === wanted))
    case 'PATTERN':
      return names(all.filter((command) => fitsPattern(command.name.toLowerCase(), wanted)))
    default:
      return syntaxError
  }
}

function fitsPattern(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
