import { hrefOf, serverHref } from '../../base/routes.ts'
import type { Stores } from '../../stores/stores.ts'

/** Has the core ask a server anew; a notice says why it did not. */
export function askAgain({ servers, notices }: Stores, serverId: number): Promise<boolean> {
  return notices.attempt('The server was not asked.', () => servers.refresh(serverId))
}

/** Starts the demo, or shows the one that runs. */
export function tryDemo(stores: Stores): Promise<boolean> {
  const { demo, navigation, notices, servers, sources } = stores
  return notices.attempt('The demo was not started.', async () => {
    const serverId = await demo.start(servers.list.length === 0 && sources.list.length === 0)
    navigation.go(serverId === null ? hrefOf({ place: 'home' }) : serverHref(serverId))
  })
}
