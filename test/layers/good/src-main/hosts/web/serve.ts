import { WebSocketServer } from 'ws'
import { createCore } from '../../core/create-core.ts'

export const serve = () => [createCore(), WebSocketServer]
