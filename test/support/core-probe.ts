/** The script of a page without a screen: connects to the core as the real page does, for tests to call. */
import { type Client, createClient } from '../../src-renderer/api/client.ts'
import { createElectronHost, type LifeboatHost } from '../../src-renderer/host/electron.ts'

export type Probe = { readonly host: LifeboatHost; client: Client | null; connectionCount: number }

const bridge = (globalThis as unknown as { lifeboatHost: LifeboatHost }).lifeboatHost
const probe: Probe = { host: bridge, client: null, connectionCount: 0 }
Object.assign(globalThis, { probe })

const host = createElectronHost(bridge, window)
for (;;) {
  const transport = await host.openTransport(new AbortController().signal)
  probe.client = createClient(transport)
  probe.connectionCount += 1
  await transport.closed
  probe.client = null
}
