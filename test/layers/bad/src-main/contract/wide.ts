import { WebSocket } from 'ws'
import { open } from '#base/local-file.ts'
import { chain } from '../repository/chain.ts'

export const wide = [open, chain, WebSocket]
