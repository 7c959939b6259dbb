import { onTestFinished } from 'vitest'
import { AppError } from '../../../../src-main/base/app-error.ts'
import type { Clock } from '../../../../src-main/base/clock.ts'
import { ServerSession, type SessionOptions } from '../../../../src-main/servers/server-session.ts'
import { raw } from './encode-reply.ts'
import { NOW_US } from './fixtures.ts'
import { type Override, type PlayedAgent, playAgent } from './play-agent.ts'
import { type Script, startScriptedServer } from './scripted-server.ts'

function fixedClock(): Clock {
  let ticks = 0
  return {
    nowUs: () => NOW_US,
    monotonicUs: () => {
      ticks += 250
      return ticks
    },
  }
}

/** A session that ends with the test; its tokens are t1, t2, … */
export function openSession(port: number, more: Partial<SessionOptions> = {}): ServerSession {
  let tokens = 0
  const session = new ServerSession({
    address: { host: '127.0.0.1', port },
    clock: fixedClock(),
    randomToken: () => {
      tokens += 1
      return `t${tokens}`
    },
    timeouts: { connectMs: 5000, readMs: 5000, changeMs: 5000, verifyMs: 5000, createMs: 5000 },
    ...more,
  })
  onTestFinished(() => session.close())
  return session
}

/** The code that it fails with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'no error'
}

/** A server of which nothing but LIST, CREATE and VERIFY is known, as the enterprise edition is. */
export function enterprise(backup: Override = () => false, ids = [5, 6]): { script: Script; ids: number[] } {
  const script: Script = (command, peer) => {
    if (backup(command, peer, [])) return
    const [name, subcommand] = command
    if (name === 'PING') peer.send('+PONG\r\n')
    else if (name === 'INFO') peer.send(raw('# Server\r\nsamyama_version:1.11.0\r\nredis_mode:standalone\r\n'))
    else if (subcommand === 'LIST') peer.send(raw(ids.map((id) => ({ id, type: 'full' }))))
    else if (subcommand === 'CREATE') peer.send(`+OK ${ids.push(Math.max(0, ...ids) + 1) && ids.at(-1)}\r\n`)
    else if (subcommand === 'VERIFY') peer.send('+OK\r\n')
    else if (subcommand === 'DELETE') {
      ids.splice(ids.indexOf(Number(command[2])), 1)
      peer.send('+OK\r\n')
    } else peer.send('-ERR unknown subcommand\r\n')
  }
  return { script, ids }
}

/** Whether it is this ADMIN.BACKUP command. */
export const is = (command: readonly string[], subcommand: string) =>
  command[0] === 'ADMIN.BACKUP' && command[1] === subcommand

/** A session with a played agent. */
export async function agentSession(override?: Override, count?: number, more?: Partial<SessionOptions>) {
  const agent: PlayedAgent = playAgent(override, count)
  const server = await startScriptedServer(agent.script)
  return { agent, server, session: openSession(server.port, more) }
}
