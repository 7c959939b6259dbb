import { AbstractConnector, Redis } from 'ioredis'
import type { ReplyGate } from './reply-gate.ts'

type RedisStream = Awaited<ReturnType<AbstractConnector['connect']>>

/**
 * A Redis client over one connection that is there already. It never connects again, never sends a command twice, never keeps one for
 * later, and sends nothing of its own: no HELLO, CLIENT, INFO or SELECT.
 */
export function redisOver(gate: ReplyGate): Redis {
  class GateConnector extends AbstractConnector {
    constructor() {
      super(0)
    }

    override connect(): Promise<RedisStream> {
      // the client writes to it, listens to it and ends it: no method of a socket beyond the gate's is called
      this.stream = gate as unknown as RedisStream
      return Promise.resolve(this.stream)
    }
  }
  const redis = new Redis({
    Connector: GateConnector,
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    disableClientInfo: true,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    reconnectOnError: null,
  })
  // failures are told by the command that they hit; without a listener the client prints them
  redis.on('error', () => {})
  return redis
}
