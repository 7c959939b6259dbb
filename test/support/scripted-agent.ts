import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { raw } from '../unit/servers/support/encode-reply.ts'
import { type Peer, type ScriptedServer, startScriptedServer } from '../unit/servers/support/scripted-server.ts'

export const CREATED_US = 1_780_000_000_000_000

export type AgentBackup = { id: number; kind: string; state: string; label: string | null }

type Command = readonly string[]

/** An agent as the protocol has it, in memory; a test changes what it answers. */
export type ScriptedAgent = {
  readonly server: ScriptedServer
  backups: AgentBackup[]
  password: string | null
  status: { job: string | null; progress: number | null }
  pruned: { id: number; rule: string }[]
  onCreate: (peer: Peer, make: () => number) => void
  onVerify: (peer: Peer, id: string) => void
  onPrune: (peer: Peer) => void
  /** instead of everything: true when it was answered */
  intercept: (command: Command, peer: HoldablePeer) => boolean
  answer: (command: Command, peer: HoldablePeer) => void
}

/** isHeld: its command was held back before and is answered now */
type HoldablePeer = Peer & { readonly isHeld?: boolean }

export const error = (text: string) => `-${text}\r\n`

function row({ id, kind, state, label }: AgentBackup) {
  const times = { created_us: CREATED_US + id, first_seq: id * 10, last_seq: id * 10 + 9 }
  return { id, kind, state, ...times, bytes: 1000 * id, files: 3, base: null, label, verified_us: null }
}

/** Starts one with two backups; it ends with the test. */
export async function startAgent(): Promise<ScriptedAgent> {
  const loggedIn = new Set<number>()
  const create = (command: Command) => {
    const label = command.indexOf('LABEL')
    const id = 1 + Math.max(0, ...agent.backups.map((backup) => backup.id))
    const kind = command[2] === 'FULL' ? 'full' : 'incremental'
    agent.backups.unshift({ id, kind, state: 'complete', label: label < 0 ? null : (command[label + 1] ?? null) })
    return id
  }
  const status = () => ({
    ...{ timeline: 'a1', last_seq: 99, archived_seq: 98, archive_lag_us: 5 },
    ...{ recoverable_from_us: CREATED_US, recoverable_to_us: CREATED_US + 100, job: agent.status.job },
    // a double, as RESP2 has it
    progress: agent.status.progress === null ? null : String(agent.status.progress),
  })
  const byCommand: Record<string, (command: Command, peer: Peer) => void> = {
    LIST: (_command, peer) => peer.send(raw(agent.backups.map(row))),
    STATUS: (_command, peer) => peer.send(raw(status())),
    CREATE: (command, peer) => agent.onCreate(peer, () => create(command)),
    VERIFY: (command, peer) => agent.onVerify(peer, command[2] ?? ''),
    PRUNE: (command, peer) => (command[2] === 'DRYRUN' ? peer.send(raw(agent.pruned)) : agent.onPrune(peer)),
  }
  const logIn = (command: Command, peer: Peer) => {
    if (command.at(-1) === agent.password) loggedIn.add(peer.connection)
    return command.at(-1) === agent.password ? '+OK\r\n' : error('WRONGPASS invalid username-password pair')
  }
  const answer = (command: Command, peer: HoldablePeer) => {
    const [name, subcommand = ''] = command
    if (agent.intercept(command, peer)) return
    if (name === 'AUTH') peer.send(logIn(command, peer))
    else if (agent.password !== null && !loggedIn.has(peer.connection))
      peer.send(error('NOAUTH Authentication required.'))
    else if (name === 'PING') peer.send('+PONG\r\n')
    else if (name === 'INFO') peer.send(raw('# Server\r\nlifeboat_version:9.8.7\r\n'))
    else if (name === 'ADMIN.BACKUP') byCommand[subcommand]?.(command, peer)
    else peer.send(error(`ERR unknown command '${name}'`))
  }
  const agent: ScriptedAgent = {
    server: await startScriptedServer(answer),
    backups: [
      { id: 2, kind: 'incremental', state: 'complete', label: null },
      { id: 1, kind: 'full', state: 'complete', label: 'first' },
    ],
    password: null,
    status: { job: null, progress: null },
    pruned: [],
    onCreate: (peer, make) => peer.send(raw(make())),
    onVerify: (peer, id) =>
      peer.send(
        raw({ id: Number(id), level: 'deep', result: 'passed', bytes: 10, files: 3, duration_us: 7, problems: [] }),
      ),
    onPrune: (peer) => {
      agent.backups = agent.backups.filter(({ id }) => !agent.pruned.some((each) => each.id === id))
      peer.send(raw(agent.pruned))
      agent.pruned = []
    },
    intercept: () => false,
    answer,
  }
  return agent
}

/** A way to a port that can be shut and opened again at the same address. */
export async function startDoor(
  targetPort: number,
): Promise<{ port: number; shut: () => Promise<void>; open: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const inner = connect(targetPort, '127.0.0.1')
    for (const each of [socket, inner]) {
      sockets.add(each)
      each.on('error', () => {})
      each.on('close', () => {
        sockets.delete(each)
        socket.destroy()
        inner.destroy()
      })
    }
    socket.pipe(inner).pipe(socket)
  })
  let port = 0
  const open = async () => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  }
  const shut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await open()
  onTestFinished(() => shut())
  return { port, shut, open }
}
