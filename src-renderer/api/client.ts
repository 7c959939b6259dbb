import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '#contract'
import type { Transport } from '../base/transport.ts'

/** The core's calls, typed by the contract. */
export type Client = ContractRouterClient<Contract>

/** A client over a live line. It is as lost as its line: a new line needs a new client. */
export function createClient(transport: Transport): Client {
  const { channel } = transport
  return createORPCClient(
    channel.kind === 'websocket' ? new SocketLink({ websocket: channel.socket }) : new PortLink({ port: channel.port }),
  )
}
