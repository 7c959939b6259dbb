import { WebSocket } from 'ws'
import { main as window } from '../electron/main.ts'

export const main = [window, WebSocket]
