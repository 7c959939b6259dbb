import { startCore } from './core-under-test.ts'
import { eventually } from './eventually.ts'
import { startAgent } from './scripted-agent.ts'

export type Core = Awaited<ReturnType<typeof startCore>>

export const fast = {
  watchedMs: 20,
  unwatchedMs: 50,
  listMs: 50,
  retryFirstMs: 20,
  retryMaxMs: 50,
  settleFirstMs: 10,
  settleMaxMs: 20,
  settleIdleMs: 300,
  settleTotalMs: 5000,
}
/** asked once and then not for an hour: every further command is one that the test sees the reason of */
export const still = { ...fast, watchedMs: 3_600_000, unwatchedMs: 3_600_000, listMs: 3_600_000 }

export const place = (port: number) => ({
  name: null,
  host: '127.0.0.1',
  port,
  userName: null,
  password: null,
  tls: null,
})

export function add(core: Core, port: number, more: { name?: string; userName?: string; password?: string } = {}) {
  return core.client.servers.add({ ...place(port), ...more })
}

/** As long as another server is asked ten times. */
export async function aWhile(): Promise<void> {
  const agent = await startAgent()
  const core = await startCore({ serverTimings: fast })
  await add(core, agent.server.port)
  await eventually(() => agent.server.countOf('ADMIN.BACKUP', 'STATUS')).toBeGreaterThan(10)
}

export const serverOf = async (core: Core) => (await core.client.servers.list())[0]

export const capabilities = { create: true, kindsAndLabels: true, verify: true, verifyLevels: true, prune: true }
