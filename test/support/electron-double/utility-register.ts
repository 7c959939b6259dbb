/** Preloaded into a utility process: gives it `process.parentPort`. */
import { EventEmitter } from 'node:events'
import { Peer } from './peer.ts'
import { type PortMessage, PortRelay } from './ports.ts'
import { strict } from './strict.ts'

class ParentPort extends EventEmitter {
  postMessage(data: unknown): void {
    peer.tell('message', data)
  }
}

const relay = new PortRelay((message) => peer.tell('port', message))
const parentPort = new ParentPort()
const peer = new Peer(process, {
  message: (data: unknown, portIds: string[]) =>
    parentPort.emit('message', { data, ports: portIds.map((portId) => relay.take(portId)) }),
  port: (message: PortMessage) => relay.receive(message),
})

Object.assign(process, { type: 'utility', parentPort: strict('process.parentPort', parentPort) })
process.once('disconnect', () => process.exit(1))
